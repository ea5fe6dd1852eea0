"""Operations on a database as a whole, for any Flask-Migrate project."""
