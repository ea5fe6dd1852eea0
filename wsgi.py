"""What gunicorn and `flask` load."""

import sys

from bacowr.app import create_app
from config import ConfigError

APP_LOAD_ERROR = 4  # Gunicorn's word for an application that can't be loaded: it gives up at once.

try:
    app = create_app()
except ConfigError as error:
    sys.stderr.write(f"{error}\n")
    sys.exit(APP_LOAD_ERROR)
