"""What `flask db` and `alembic` run: bacowr.dbops, on the application's own database."""

from bacowr.dbops.env import run_migrations

run_migrations()
