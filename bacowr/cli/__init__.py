"""The door for the terminal: `flask` commands."""
