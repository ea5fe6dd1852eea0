"""The checks of an article, one rule per file."""
