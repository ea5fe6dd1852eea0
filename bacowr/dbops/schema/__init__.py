"""What a database holds: read, compared, shown."""
