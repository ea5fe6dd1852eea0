"""Originality: what a text shares, word for word or in its build, with other texts."""
