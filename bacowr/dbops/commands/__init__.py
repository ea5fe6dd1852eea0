"""One small file per `flask db` verb, imported when the verb is asked for.

The file is named after the verb, `-` written as `_`, and so is the command in it.
"""

COMMANDS = (
    "adopt",
    "backfill",
    "backup",
    "backups",
    "branches",
    "check",
    "compat",
    "current",
    "doctor",
    "downgrade",
    "drift",
    "ensure-version",
    "heads",
    "history",
    "lint",
    "log",
    "maintenance",
    "merge",
    "migrate",
    "rebase",
    "restore",
    "revision",
    "schema",
    "show",
    "squash",
    "stamp",
    "status",
    "upgrade",
    "verify",
)
