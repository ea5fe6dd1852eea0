"""Outside services behind the ports, one file per service."""
