"""One small file per `flask db` verb, imported when the verb is asked for.

The file is named after the verb, `-` written as `_`, and so is the command in it.
"""

COMMANDS = (
    "backup",
    "backups",
    "check",
    "current",
    "doctor",
    "downgrade",
    "drift",
    "ensure-version",
    "lint",
    "log",
    "merge",
    "migrate",
    "rebase",
    "restore",
    "revision",
    "schema",
    "squash",
    "status",
    "upgrade",
    "verify",
)
