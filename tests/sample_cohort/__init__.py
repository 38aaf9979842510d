"""Every printed figure of two papers, recomputed from the sample cohorts without the library."""
