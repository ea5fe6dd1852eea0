"""Rows for any schema, which keep its rules."""
