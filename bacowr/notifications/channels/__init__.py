"""The ways of telling somebody."""
