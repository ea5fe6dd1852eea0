"""The `flask db` commands, one file per verb."""
