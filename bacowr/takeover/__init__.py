"""Taking over the database of an older BACOWR."""
