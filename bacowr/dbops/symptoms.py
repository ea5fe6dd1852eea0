"""What known errors say, what they mean, and what mends them: one row per symptom."""

from __future__ import annotations

import re
from dataclasses import dataclass

ROLLED_BACK = "The open revision was rolled back; those before it stay."
UNTOUCHED = "Nothing was changed."


@dataclass(frozen=True)
class Symptom:
    """An error's text and its meaning; `{0}`, `{1}` … stand for the groups of the pattern.

    The pattern is compiled when an error is there to be explained, which most runs don't have.
    """

    pattern: str
    code: str
    message: str
    remedy: str

    def search(self, text: str) -> re.Match[str] | None:
        """Find the symptom in what an error says."""
        return re.search(self.pattern, text, re.IGNORECASE | re.DOTALL)


# The first that matches counts, so the particular stands before the general.
SYMPTOMS = (
    Symptom(
        r"Can't locate revision identified by '([^']*)'",
        "unknown-revision",
        f"Revision {{0}} has no file in this code: the database is ahead of the code, the file "
        f"was deleted, or the id is mistyped. {UNTOUCHED}",
        "Deploy the code that has {0}, or restore its file from version control. Don't use "
        "`stamp --purge`: it hides what the database holds.",
    ),
    Symptom(
        r"(?:table|relation) \"?(_alembic_tmp_\w+)\"? already exists",
        "leftover-table",
        f"The table {{0}} is left over from a batch change that died. {ROLLED_BACK}",
        "`flask db doctor` says which table it belongs to and how to remove it.",
    ),
    Symptom(
        r"error in (view|trigger) (\S+?)(?: after \w+)?: no such (table|column): (\S+)",
        "broken-dependent",
        f"The {{0}} {{1}} names {{3}}, which the revision takes away. {ROLLED_BACK}",
        "Drop the {0} in the revision before the change, and create it anew behind it.",
    ),
    Symptom(
        r"cannot INSERT into generated column \"?(\w+)",
        "generated-column",
        f"The column {{0}} is computed, and something inserts into it. {ROLLED_BACK}",
        "Leave the column out of the INSERT.",
    ),
    Symptom(
        r"Cannot add a NOT NULL column with default value NULL"
        r"|column \"(?:\w+)\" of relation \"(?:\w+)\" contains null values",
        "not-null-on-rows",
        f"A column without a value for the rows that are there can't be NOT NULL. {ROLLED_BACK}",
        "Give the column a server_default, or add it nullable, fill it, and forbid NULL in a "
        "later revision.",
    ),
    Symptom(
        r"Constraint must have a name",
        "unnamed-constraint",
        f"A constraint without a name can't be dropped or changed. {ROLLED_BACK}",
        "Write its name into the revision, and give the MetaData a naming_convention.",
    ),
    Symptom(
        r"Revision (\S+) is present more than once",
        "duplicate-id",
        f"Several files call themselves revision {{0}}. {UNTOUCHED}",
        "`flask db rebase` gives your branch's another id; `flask db doctor` names the files.",
    ),
    Symptom(
        r"Multiple head revisions are present|The script directory has multiple heads"
        r"|Multiple heads are present",
        "several-heads",
        f"The history has several heads, so `head` says too little. {UNTOUCHED}",
        "`flask db rebase` puts one behind the other; `flask db merge heads -m 'Merge'` joins "
        "them.",
    ),
    Symptom(
        r"Target database is not up to date|Database is not on all head revisions",
        "not-up-to-date",
        f"The database is not at the newest revision. {UNTOUCHED}",
        "`flask db upgrade`, then this command again.",
    ),
    Symptom(
        r"New upgrade operations detected",
        "models-differ",
        f"The models differ from the database. {UNTOUCHED}",
        "`flask db migrate -m 'What changed'` writes the revision; review it.",
    ),
    Symptom(
        r"This operation cannot proceed in --sql mode|--sql mode",
        "not-offline",
        f"This can't be written as SQL without looking at the database. {UNTOUCHED}",
        "Run it online, without --sql.",
    ),
    Symptom(
        r"Online migration expected to match one row when updating '?([^' ]*)",
        "version-moved",
        f"Another process changed the version while this one ran. {ROLLED_BACK}",
        "`flask db status` says where the database stands; run the command again.",
    ),
    Symptom(
        r"Can't load plugin: sqlalchemy\.dialects:postgres\b",
        "url-scheme",
        f"The database URL begins with postgres://, which SQLAlchemy doesn't know. {UNTOUCHED}",
        "Write postgresql+psycopg:// instead (Heroku gives postgres://; replace it in the config).",
    ),
    Symptom(
        r"Can't load plugin: sqlalchemy\.dialects:(\S+)",
        "url-scheme",
        f"The database URL begins with {{0}}://, which SQLAlchemy doesn't know. {UNTOUCHED}",
        "Correct SQLALCHEMY_DATABASE_URI; PostgreSQL is postgresql+psycopg://, SQLite sqlite:///.",
    ),
    Symptom(
        r"Could not parse SQLAlchemy URL|Expected string or URL object"
        r"|'SQLALCHEMY_DATABASE_URI' or 'SQLALCHEMY_BINDS' must be set",
        "url-missing",
        f"The database URL is missing or can't be read. {UNTOUCHED}",
        "Set SQLALCHEMY_DATABASE_URI, e.g. sqlite:///app.db or "
        "postgresql+psycopg://user:password@host/name.",
    ),
    Symptom(
        r"No module named '(psycopg2?|pg8000|asyncpg)'",
        "driver-missing",
        f"The driver {{0}} that the database URL asks for is not installed. {UNTOUCHED}",
        "Install it, or name the one you have: postgresql+psycopg://.",
    ),
    Symptom(
        r"file is not a database|file is encrypted or is not a database",
        "not-a-database",
        f"The file is not a SQLite database. {UNTOUCHED}",
        "Correct SQLALCHEMY_DATABASE_URI; or put a copy back with `flask db restore`.",
    ),
    Symptom(
        r"database disk image is malformed",
        "damaged",
        f"The SQLite file is damaged. {ROLLED_BACK}",
        "`flask db restore` puts the newest copy back and keeps the damaged file.",
    ),
    Symptom(
        r"attempt to write a readonly database|read-only file system|"
        r"cannot execute \w+(?: \w+)* in a read-only transaction",
        "read-only",
        f"The database can't be written: the file, its folder or the server is read-only. "
        f"{UNTOUCHED}",
        "Give the user that runs this write access to the file and its folder (SQLite), or use "
        "the URL of the primary server (PostgreSQL).",
    ),
    Symptom(
        r"unable to open database file",
        "no-file",
        f"The SQLite file can't be opened: its folder is missing or closed to this user. "
        f"{UNTOUCHED}",
        "Create the folder, or correct SQLALCHEMY_DATABASE_URI.",
    ),
    Symptom(
        r"database or disk is full|No space left on device|could not (?:extend|write)[^\n]*: No "
        r"space|\bdisk full\b",
        "disk-full",
        f"The disk is full. {ROLLED_BACK}",
        "Free some space, and run the command again. A rebuilt table needs twice its size for "
        "a while.",
    ),
    Symptom(
        r"database (?:table )?is locked",
        "locked",
        f"Another process kept writing to the SQLite file for too long. {ROLLED_BACK}",
        "Stop what writes, or raise DBOPS_BUSY_TIMEOUT, and run the command again.",
    ),
    Symptom(
        r"canceling statement due to lock timeout|lock not available|deadlock detected",
        "lock-timeout",
        f"A lock was not free in time. {ROLLED_BACK}",
        "Run the command again when there is less traffic, or raise DBOPS_LOCK_TIMEOUT.",
    ),
    Symptom(
        r"canceling statement due to statement timeout",
        "statement-timeout",
        f"A statement took longer than it may. {ROLLED_BACK}",
        "Raise DBOPS_STATEMENT_TIMEOUT, or split the revision.",
    ),
    Symptom(
        r"password authentication failed for user \"([^\"]*)\"|no password supplied",
        "no-login",
        f"The server refused the user or the password. {UNTOUCHED}",
        "Correct the user and the password in SQLALCHEMY_DATABASE_URI.",
    ),
    Symptom(
        r"role \"([^\"]*)\" does not exist",
        "no-login",
        f"The server has no user {{0}}. {UNTOUCHED}",
        'Correct the user in SQLALCHEMY_DATABASE_URI, or create it: CREATE ROLE "{0}" LOGIN.',
    ),
    Symptom(
        r"database \"([^\"]*)\" does not exist",
        "no-such-database",
        f"The server has no database {{0}}. {UNTOUCHED}",
        "Create it (`createdb {0}`), or correct the name in SQLALCHEMY_DATABASE_URI.",
    ),
    Symptom(
        r"could not translate host name|Name or service not known|failed to resolve host"
        r"|nodename nor servname|Temporary failure in name resolution",
        "no-connection",
        f"The database server's name can't be resolved. {UNTOUCHED}",
        "Correct the host in SQLALCHEMY_DATABASE_URI, or look at the network.",
    ),
    Symptom(
        r"connection refused|could not connect to server|connection to server|connection failed"
        r"|No such file or directory\s+Is the server running|server closed the connection"
        r"|connection timeout|terminating connection|the database system is",
        "no-connection",
        "The database server can't be reached, or broke the connection. An open revision was "
        "rolled back.",
        "Look whether it runs and whether the host and the port in SQLALCHEMY_DATABASE_URI are "
        "right; then run the command again.",
    ),
    Symptom(
        r"permission denied for (\w+) ([^\s\n]+)|must be owner of (\w+) ([^\s\n]+)",
        "no-privilege",
        f"The database user lacks a privilege on {{0}} {{1}}. {ROLLED_BACK}",
        "Use the user that owns the tables, or let it grant the privilege: GRANT … ON {0} {1} "
        "TO ….",
    ),
    Symptom(
        r"(?:table|relation) \"?([\w.]+)\"? already exists",
        "already-exists",
        f"The table {{0}} is there already, but the database doesn't say that its revision was "
        f"applied. {ROLLED_BACK}",
        "If the tables are those of a revision, `flask db adopt` finds out which; of one written "
        "after them by `flask db drift --write`, `flask db stamp REVISION`; else start with an "
        "empty database.",
    ),
    Symptom(
        r"duplicate column name: (\w+)|column \"(\w+)\" of relation \"\w+\" already exists",
        "already-exists",
        f"The column {{0}} is there already, but the database doesn't say that its revision was "
        f"applied. {ROLLED_BACK}",
        "If a broken run left it, drop it or `flask db stamp REVISION`, as well if its revision "
        "was written after it by `flask db drift --write`; `flask db status` says where the "
        "database stands.",
    ),
    Symptom(
        r"(FOREIGN KEY|UNIQUE|CHECK|NOT NULL) constraint failed(?:: ([^\n]+?))?(?:\n|$)"
        r"|violates (foreign key|unique|check|not-null) constraint(?: \"([^\"]*)\")?",
        "rows-refuse",
        f"Rows that are there break the {{0}} constraint {{1}}. {ROLLED_BACK}",
        "Correct the rows, or let the revision do it before it adds the constraint.",
    ),
    Symptom(
        r"Path doesn't exist: '?([^'\n]+?)'?\.\s|No such file or directory: '([^']*alembic\.ini)'"
        r"|No 'script_location' key found",
        "no-directory",
        f"There is no migrations folder here. {UNTOUCHED}",
        "Run this where the folder lies, name it with -d, or begin one with `flask db init`.",
    ),
    Symptom(
        r"module '(\w+)_py' has no attribute '(\w+)'"
        r"|Could not determine revision id from filename (\S+)\.py",
        "revision-incomplete",
        f"The file {{0}}.py in the migrations folder is no whole revision. {UNTOUCHED}",
        "Give it revision and down_revision, or move it elsewhere.",
    ),
    Symptom(
        r"Cycle is detected in revisions \(([^)]*)\)|Loop is detected in revisions \(([^)]*)\)"
        r"|Self-loop is detected in revisions \(([^)]*)\)",
        "cycle",
        f"The revisions {{0}} stand below each other in a circle. {UNTOUCHED}",
        "Correct down_revision in one of their files.",
    ),
    Symptom(
        r"Ambiguous walk",
        "ambiguous",
        f"The steps asked for can be taken in several ways. {UNTOUCHED}",
        "Name the revision itself instead of a number of steps.",
    ),
)
