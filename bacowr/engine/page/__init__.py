"""A fetched page, read and profiled."""
