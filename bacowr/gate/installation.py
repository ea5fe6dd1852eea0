"""What this installation carries orders out with, for whichever door asks."""

from flask import current_app

from bacowr.gate.identity import current_user
from bacowr.jobs.equipping import Equipment
from bacowr.providers.keyring import Keyring


def equipment() -> Equipment:
    """Return what every order is carried out with, whoever's it is."""
    found: Equipment = current_app.extensions["equipment"]
    return found


def keyring() -> Keyring:
    """Return what opens the installation's services; raise Conflict when it has no keyring."""
    return equipment().keys


def own_equipment() -> Equipment:
    """Return what the orders of whoever asks are carried out with: their team's keys win."""
    return equipment().of_team(current_user().team_id)


def own_keyring() -> Keyring:
    """Return what opens the services for whoever asks."""
    return own_equipment().keys
