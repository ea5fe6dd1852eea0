"""A revision proposed from what the models changed: found, asked about, written, proved."""
