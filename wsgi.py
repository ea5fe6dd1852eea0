"""What gunicorn and `flask` load."""

from bacowr.app import create_app

app = create_app()
