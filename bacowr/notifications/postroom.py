"""What an installation sends with: its mail server, its way out, and what its secrets open by."""

from dataclasses import dataclass, field, replace

from bacowr.base import sealing
from bacowr.base.http import Outgoing
from bacowr.notifications.channels.webhook import USER_AGENT
from bacowr.notifications.settings import MailServer, MailSettings

WEBHOOKS = "bacowr webhooks 1"
LETTERS = "bacowr letters 1"


@dataclass(frozen=True)
class Postroom:
    """What is sent with; without a mail server no mail is made."""

    secret_key: str = field(repr=False)
    public_url: str = ""
    mail_server: MailServer | None = None
    outgoing: Outgoing = field(default_factory=Outgoing)

    @classmethod
    def of_installation(
        cls, settings: MailSettings, *, secret_key: str, outgoing: Outgoing
    ) -> "Postroom":
        """Send as an installation is set up to."""
        return cls(
            secret_key=secret_key,
            public_url=settings.public_url,
            mail_server=settings.mail_server,
            outgoing=replace(outgoing, user_agent=USER_AGENT),
        )

    @property
    def has_mail(self) -> bool:
        """Whether mail is sent at all."""
        return self.mail_server is not None

    def seal_secret(self, secret: str) -> str:
        """Encrypt a webhook's secret."""
        return sealing.sealed(secret, secret_key=self.secret_key, purpose=WEBHOOKS)

    def open_secret(self, sealed: str) -> str:
        """Decrypt a webhook's secret; raise sealing.Unreadable after a change of SECRET_KEY."""
        return sealing.opened(sealed, secret_key=self.secret_key, purpose=WEBHOOKS)

    def seal_letter(self, text: str) -> str:
        """Encrypt a mail that holds a secret."""
        return sealing.sealed(text, secret_key=self.secret_key, purpose=LETTERS)

    def open_letter(self, sealed: str) -> str:
        """Decrypt a mail; raise sealing.Unreadable after a change of SECRET_KEY."""
        return sealing.opened(sealed, secret_key=self.secret_key, purpose=LETTERS)

    def address(self, path: str) -> str:
        """Give the address of one of our pages, as people reach it."""
        return f"{self.public_url}{path}"
