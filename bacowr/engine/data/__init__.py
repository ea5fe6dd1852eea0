"""Word lists and seeds, kept as data."""
