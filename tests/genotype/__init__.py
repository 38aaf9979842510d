"""Text → β genotype: the tables of cases, properties, and the sequence of the gene itself."""
