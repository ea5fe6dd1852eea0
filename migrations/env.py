"""What `flask db` and `alembic` run: the application's own database, and nothing else."""

from alembic import context
from flask import current_app, has_app_context

from bacowr.base.db import db


def run() -> None:
    """Run the wanted revisions on the application's database, or print their SQL."""
    configured = current_app.extensions["migrate"].configure_args
    if context.is_offline_mode():
        url = db.engine.url.render_as_string(hide_password=False)
        context.configure(url=url, target_metadata=db.metadata, literal_binds=True, **configured)
        with context.begin_transaction():
            context.run_migrations()
        return
    with db.engine.connect() as connection:
        context.configure(connection=connection, target_metadata=db.metadata, **configured)
        with context.begin_transaction():
            context.run_migrations()


if has_app_context():
    run()
else:
    from wsgi import app

    with app.app_context():
        run()
