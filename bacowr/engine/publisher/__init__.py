"""A publisher, read and profiled."""
