"""Search services behind the port Search, one file per service."""
