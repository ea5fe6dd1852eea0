"""The one automatic repair of an article: permitted operations only (domain 3.11)."""
