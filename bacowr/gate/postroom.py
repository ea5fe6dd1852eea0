"""What this installation tells people with, for whichever door asks."""

from flask import current_app

from bacowr.notifications.postroom import Postroom


def postroom() -> Postroom:
    """Return the mail server, the way out to webhooks, and what opens their secrets."""
    found: Postroom = current_app.extensions["postroom"]
    return found
