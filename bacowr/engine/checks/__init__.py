"""Checking an article: what is looked at, what is found, and what follows from it."""
