"""Where the tables of a sheet stand."""
