"""Settings: what an operator can set, read from the environment once and checked whole."""

from __future__ import annotations

import dataclasses
import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bacowr.base.settings import setting
from bacowr.notifications import settings as mail
from bacowr.notifications.settings import MailSettings
from bacowr.providers.settings import ServiceSettings

ROOT = Path(__file__).resolve().parent
PUBLISHED_KEYS = frozenset({"", "change-me", "changeme", "dev", "secret", "your-secret-key-here"})
SHORTEST_KEY = 32
POSTGRES = re.compile(r"^postgres(ql)?(\+psycopg)?://")
HOST_PORT = re.compile(r"^[^\s:/,]+:\d{1,5}$|^\[[0-9a-fA-F:]+\]:\d{1,5}$")
PHASES = ("auto", "strict", "off")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


class ConfigError(ValueError):
    """The environment can't be used; the message names every variable that is wrong or missing."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        lines = (f"  {name}: {problem}" for name, problem in self.problems.items())
        super().__init__("These settings can't be used:\n" + "\n".join(lines))


def database_url(text: str) -> str:
    """Turn every spelling of PostgreSQL (Heroku says postgres://) into the driver's own."""
    if POSTGRES.match(text):
        return POSTGRES.sub("postgresql+psycopg://", text)
    if text.startswith("sqlite://"):
        return text
    raise ValueError("must begin with postgresql://, postgres:// or sqlite://")


def _queue_url(text: str) -> str:
    if text.startswith(("redis://", "rediss://", "sqlite://")):
        return text
    if POSTGRES.match(text):
        return POSTGRES.sub("postgresql://", text)
    raise ValueError("must begin with sqlite://, postgresql:// or redis://")


def _secret_key(text: str) -> str:
    if text.lower() in PUBLISHED_KEYS or len(text) < SHORTEST_KEY:
        raise ValueError(f"must be a secret of at least {SHORTEST_KEY} random characters")
    return text


def _hosts(text: str) -> frozenset[str]:
    hosts = frozenset(part.strip().lower() for part in text.split(",") if part.strip())
    if wrong := sorted(host for host in hosts if not HOST_PORT.match(host)):
        raise ValueError(f"must be host:port, separated by commas; not {', '.join(wrong)}")
    return hosts


def _flag(text: str) -> bool:
    if text.lower() in {"1", "true", "yes", "on"}:
        return True
    if text.lower() in {"0", "false", "no", "off"}:
        return False
    raise ValueError("must be true or false")


def _whole(least: int, most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not text.isdecimal() or not least <= int(text) <= most:
            raise ValueError(f"must be a whole number from {least} to {most}")
        return int(text)

    return parse


def _log_level(text: str) -> str:
    if text.upper() not in LOG_LEVELS:
        raise ValueError(f"must be one of {', '.join(LOG_LEVELS)}")
    return text.upper()


def _phases(text: str) -> str:
    if text.lower() not in PHASES:
        raise ValueError(f"must be one of {', '.join(PHASES)}")
    return text.lower()


@dataclass(frozen=True)
class HouseSettings:
    """How an installation runs; each field is the variable of the same name."""

    instance_dir: Path = setting(
        Path, ROOT / "instance", help="Folder for what this installation keeps on its own disk."
    )
    database_url: str = setting(
        database_url,
        "",
        help="PostgreSQL or SQLite. Unset: SQLite in the instance folder.",
        secret=True,
    )
    queue_url: str = setting(
        _queue_url,
        "",
        help="Where tasks wait: sqlite://, postgresql:// or redis://. Unset: in the PostgreSQL of"
        " DATABASE_URL, else in a SQLite file in the instance folder.",
        secret=True,
    )
    secret_key: str = setting(
        _secret_key,
        "",
        help="Signs cookies and encrypts stored keys; at least 32 random characters. Unset with the"
        " embedded database: made once and kept in the instance folder.",
        secret=True,
    )
    fetch_allow_hosts: frozenset[str] = setting(
        _hosts,
        frozenset(),
        help="host:port pairs that may be fetched although their addresses are private."
        " For development and tests.",
    )
    session_days: int = setting(
        _whole(1, 365), 14, help="Days without a request after which somebody is signed out."
    )
    cookie_secure: bool = setting(
        _flag, default=False, help="Send cookies over HTTPS only. Set it where HTTPS is served."
    )
    open_registration: bool = setting(
        _flag,
        default=False,
        help="Let anybody make an account over the API. Else it takes an invitation.",
    )
    rate_limits: bool = setting(
        _flag,
        default=True,
        help="Refuse keys, people and addresses that ask too often. Only tests turn it off.",
    )
    trusted_proxies: int = setting(
        _whole(0, 5), 0, help="How many proxies in front may set X-Forwarded-For and -Proto."
    )
    worker_threads: int = setting(
        _whole(1, 64), 3, help="How many orders one worker process runs at a time."
    )
    lease_seconds: int = setting(
        _whole(5, 3600), 30, help="Seconds after which a silent worker's order goes to another."
    )
    watch_looks_a_minute: int = setting(
        _whole(1, 600), 30, help="How many published pages one worker process looks at in a minute."
    )
    log_level: str = setting(_log_level, "INFO", help="DEBUG, INFO, WARNING or ERROR.")
    log_json: bool = setting(_flag, default=False, help="Write log lines as JSON objects.")
    policies_dir: str = setting(
        str, "", help="Folder of policy packs that take the place of, or add to, BACOWR's own."
    )
    dbops_backup_dir: str = setting(
        str, "", help="Folder for database backups. Unset: beside the SQLite file."
    )
    dbops_database_url: str = setting(
        str,
        "",
        help="Where migrations connect, past a pooler. Unset: as DATABASE_URL says.",
        secret=True,
    )
    dbops_scratch_url: str = setting(
        str,
        "",
        help="An empty PostgreSQL to try revisions on, if no database may be created.",
        secret=True,
    )
    dbops_backfill_budget: int = setting(
        _whole(0, 3000), 60, help="Seconds an upgrade goes on with backfills; workers do the rest."
    )
    dbops_phases: str = setting(
        _phases,
        "auto",
        help="Whether an upgrade holds back what old code can't bear:"
        " auto (where an earlier one did), strict or off.",
    )
    dbops_app_version: str = setting(
        str, "", help="What this release is called in `flask db log`. Unset: Heroku's own word."
    )


@dataclass(frozen=True)
class Settings(MailSettings, ServiceSettings, HouseSettings):
    """Everything that an operator can set; each field is the variable of the same name."""

    @property
    def embedded(self) -> bool:
        """Whether the data lies in the instance folder, with nothing else to set up."""
        return self.database_url.startswith(f"sqlite:///{self.instance_dir}")


def from_env(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings; raise ConfigError naming every wrong or missing variable at once.

    With the embedded database the instance folder is made, with a signing key in it.
    """
    environ = {"DBOPS_APP_VERSION": environ.get("HEROKU_RELEASE_VERSION", ""), **environ}
    values: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for field in dataclasses.fields(Settings):
        name, text = field.name.upper(), environ.get(field.name.upper(), "").strip()
        if not text:
            continue
        try:
            values[field.name] = field.metadata["parse"](text)
        except ValueError as error:
            problems[name] = str(error)
    embedded = not environ.get("DATABASE_URL", "").strip()
    if not embedded and not environ.get("SECRET_KEY", "").strip():
        problems |= {"SECRET_KEY": "is missing; set it to at least 32 random characters"}
    if problems := mail.missing(values) | problems:
        raise ConfigError(problems)
    return _completed(Settings(**values), embedded=embedded)


def _completed(settings: Settings, *, embedded: bool) -> Settings:
    folder = settings.instance_dir.absolute()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    queue_url = settings.queue_url
    if not queue_url and POSTGRES.match(settings.database_url):
        queue_url = _queue_url(settings.database_url)
    filled = dataclasses.replace(
        settings,
        instance_dir=folder,
        queue_url=queue_url or f"sqlite:///{folder / 'queue.sqlite3'}",
    )
    if not embedded:
        return filled
    return dataclasses.replace(
        filled,
        database_url=f"sqlite:///{folder / 'bacowr.sqlite3'}",
        secret_key=filled.secret_key or _kept_key(folder / "secret_key"),
    )


def _kept_key(path: Path) -> str:
    """Return the signing key kept in `path`; make it the first time, whoever comes first."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    if not path.exists():
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48), encoding="ascii")
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="ascii")
