"""One small file per `flask db` verb; `COMMANDS` is the list of them all."""

from bacowr.dbops.commands.backup import backup
from bacowr.dbops.commands.backups import backups
from bacowr.dbops.commands.check import check
from bacowr.dbops.commands.current import current
from bacowr.dbops.commands.doctor import doctor
from bacowr.dbops.commands.downgrade import downgrade
from bacowr.dbops.commands.ensure_version import ensure_version
from bacowr.dbops.commands.lint import lint
from bacowr.dbops.commands.log import log
from bacowr.dbops.commands.merge import merge
from bacowr.dbops.commands.migrate import migrate
from bacowr.dbops.commands.restore import restore
from bacowr.dbops.commands.revision import revision
from bacowr.dbops.commands.status import status
from bacowr.dbops.commands.upgrade import upgrade

COMMANDS = {
    command.name or "": command
    for command in (
        backup,
        backups,
        check,
        current,
        doctor,
        downgrade,
        ensure_version,
        lint,
        log,
        merge,
        migrate,
        restore,
        revision,
        status,
        upgrade,
    )
}
