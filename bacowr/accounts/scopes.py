"""What an API key may be used for: less than its owner may, never more.

A scope is a level, such as `read`, or a level within one room, such as `jobs:write`. A level holds
those below it. What opens other ways into the account (keys, the password) is the highest level:
else a narrow key could make itself a wide one.
"""

from collections.abc import Collection
from enum import StrEnum

from bacowr.accounts.permissions import GRANTED, OWN_ACCOUNT, READS, Permission, Role
from bacowr.base.errors import Invalid

LONGEST = 255


class Level(StrEnum):
    """How far a scope goes, the narrowest first."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"


LEVELS = tuple(Level)
HIGHEST: dict[Role, Level] = {
    Role.VIEWER: Level.READ,
    Role.EDITOR: Level.WRITE,
    Role.ADMIN: Level.ADMIN,
}
ROOMS = frozenset(permission.partition(".")[0] for permission in Permission)


def level_of(permission: Permission) -> Level:
    """Return the level that a permission needs."""
    if permission in READS:
        return Level.READ
    if permission in OWN_ACCOUNT or permission not in GRANTED[Role.EDITOR]:
        return Level.ADMIN
    return Level.WRITE


def allows(scopes: str | None, permission: Permission) -> bool:
    """Tell whether a key of these scopes may be used for what needs the permission."""
    if scopes is None:
        return True
    needed = LEVELS.index(level_of(permission))
    room = permission.partition(".")[0]
    return any(
        LEVELS.index(level) >= needed and within in {"", room}
        for within, level in map(_parts, scopes.split())
    )


def narrowed(wanted: Collection[str], *, role: Role) -> str | None:
    """Return the scopes as they are kept; None, which is all that the owner may, for none.

    Raises Invalid for a scope that there isn't, and for one that goes beyond the role.
    """
    if not wanted:
        return None
    faults = [text for each in wanted if (text := _fault(each, role))]
    kept = " ".join(sorted(set(wanted)))
    if len(kept) > LONGEST:
        faults.append("These are too many scopes.")
    if faults:
        raise Invalid("These scopes can't be taken.", fields={"scopes": faults})
    return kept


def _fault(scope: str, role: Role) -> str | None:
    room, _, level = scope.rpartition(":")
    if level not in LEVELS or (room and room not in ROOMS) or scope.startswith(":"):
        return f"There is no scope {scope}."
    if LEVELS.index(Level(level)) > LEVELS.index(HIGHEST[role]):
        return f"Your role ({role}) does not reach {scope}."
    return None


def _parts(scope: str) -> tuple[str, Level]:
    room, _, level = scope.rpartition(":")
    return room, Level(level)
