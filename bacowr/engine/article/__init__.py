"""An article: its text, and that text taken apart."""
