"""What an operator can set about telling people."""

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from bacowr.base.settings import setting, web_address

SCHEMES = {"smtp": 587, "smtps": 465}
STARTTLS = "starttls"


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed in, and from whom it is; the password stays out of any repr."""

    host: str
    port: int
    sender: str
    is_tls: bool
    starts_tls: bool
    username: str = ""
    password: str = ""

    def __repr__(self) -> str:
        return f"MailServer({self.host}:{self.port})"


def mail_url(text: str) -> str:
    """Read where mail is handed in: smtp:// (STARTTLS) or smtps:// (TLS from the beginning).

    Raise ValueError for what is no such address; the text isn't repeated, as it holds a password.
    """
    parts = _split(text)
    if parts.scheme not in SCHEMES or not parts.hostname:
        raise ValueError("must be like smtp://user:password@mail.example.com:587, or smtps://…")
    if parts.path.strip("/") or parts.fragment:
        raise ValueError("must end after the port, or in ?starttls=off")
    if _options(parts) not in ({}, {STARTTLS: ["off"]}):
        raise ValueError("takes no option but ?starttls=off, for a server in the house")
    return text


def mail_from(text: str) -> str:
    """Read who mail is from: an address, or a name with an address in angle brackets."""
    _, address = parseaddr(text)
    local, _, domain = address.rpartition("@")
    if not (local and domain and text.isprintable() and address.isascii()):
        raise ValueError("must be like BACOWR <no-reply@example.com>")
    return text


@dataclass(frozen=True)
class MailSettings:
    """How people are mailed; each field is the variable of the same name."""

    public_url: str = setting(
        web_address,
        "",
        help="Where people reach this installation, such as https://bacowr.example.com. Mails link"
        " to it, so it must be set with MAIL_URL.",
    )
    mail_url: str = setting(
        mail_url,
        "",
        help="Where mail is handed in: smtp://user:password@host:587 (STARTTLS), smtps://…:465, or"
        " smtp://host:25?starttls=off in the house. Unset: no mail.",
        secret=True,
    )
    mail_from: str = setting(
        mail_from, "", help="Who mail is from, such as BACOWR <no-reply@example.com>."
    )

    @property
    def mail_server(self) -> MailServer | None:
        """Where mail is handed in; None when no mail is sent."""
        if not self.mail_url:
            return None
        parts = _split(self.mail_url)
        is_tls = parts.scheme == "smtps"
        return MailServer(
            host=parts.hostname or "",
            port=parts.port or SCHEMES[parts.scheme],
            sender=self.mail_from,
            is_tls=is_tls,
            starts_tls=not is_tls and STARTTLS not in _options(parts),
            username=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
        )


def missing(values: Mapping[str, object]) -> dict[str, str]:
    """Name what mail needs besides, if it is set up."""
    if not values.get("mail_url"):
        return {}
    told = {
        "mail_from": "is missing; MAIL_URL needs to know who mail is from",
        "public_url": "is missing; MAIL_URL needs to know where the links of a mail lead",
    }
    return {name.upper(): told[name] for name in told if not values.get(name)}


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError as error:
        raise ValueError("can't be read as an address") from error
    return parts


def _options(parts: SplitResult) -> dict[str, list[str]]:
    return parse_qs(parts.query, keep_blank_values=True)
