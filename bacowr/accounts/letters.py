"""What people are written about their accounts: secret addresses that somebody asked for."""

from datetime import datetime

from bacowr.accounts.models import User
from bacowr.accounts.tickets import Invitation
from bacowr.audit import service as audit
from bacowr.base.db import transaction
from bacowr.base.errors import Conflict
from bacowr.notifications import outbox
from bacowr.notifications.events import Letter
from bacowr.notifications.outbox import Written
from bacowr.notifications.postroom import Postroom

RESET = """\
Somebody asked for a new password for {email}.

Set it here, within an hour:
{address}

If that wasn't you, do nothing: the password stays as it is.
"""
INVITATION = """\
{inviter} invites you to BACOWR as {role}.

Join here, until {until}:
{address}

If you don't know why you get this, do nothing.
"""
TEST = """\
This is a test from BACOWR: mail arrives.
"""


def send_reset(user: User, token: str, *, until: datetime, postroom: Postroom) -> None:
    """Mail somebody the address at which to set a password; nothing where no mail is set up."""
    if postroom.has_mail:
        text = RESET.format(email=user.email, address=postroom.address(f"/password/{token}"))
        subject = "Set a new password"
        outbox.write(
            Written(Letter.PASSWORD_RESET, user.email, subject, text, user.id, until), postroom
        )


def send_invitation(invitation: Invitation, token: str, *, by: User, postroom: Postroom) -> None:
    """Mail somebody the address at which to join; nothing where no mail is set up."""
    if postroom.has_mail:
        until = invitation.expires_at
        text = INVITATION.format(
            inviter=by.name or by.email,
            role=invitation.role,
            until=f"{until:%d %B %Y}",
            address=postroom.address(f"/join/{token}"),
        )
        to, subject = invitation.email, "You are invited to BACOWR"
        outbox.write(Written(Letter.INVITATION, to, subject, text, by.id, until), postroom)


@transaction
def send_test(user: User, *, postroom: Postroom) -> str:
    """Mail somebody a test; return its delivery's id. Raise Conflict where no mail is set up."""
    if not postroom.has_mail:
        raise Conflict("No mail server is set up, so no mail can be sent.")
    to, subject = user.email, "A test from BACOWR"
    delivery = outbox.write(Written(Letter.TEST, to, subject, TEST, user.id), postroom)
    audit.record("user.test_mail", user, actor=user)
    return delivery.id
