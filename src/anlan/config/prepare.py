"""Before the site starts: bring database and static files up to the code, saying what is being done.

A process of its own (``python -m anlan.config.prepare``), because it is the owner of the tables and the
supervisor, the web and the worker are not.
"""

import io
import os
import sys

import django
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from anlan.config import migrate, roles, statics
from anlan.config.errors import OperatorError


def main() -> None:
    """Roles, migrations, privileges, checks, static files."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlan.config.settings")
    environment = migrate.as_owner()
    roles.prepare(environment)
    django.setup()
    waiting = _waiting_migrations()
    if waiting:
        _say(f"升级数据库:{waiting} 项迁移……")
        call_command("migrate", verbosity=0, interactive=False)
    migrate.secure(environment)
    call_command(
        "check", settings_only=True, stdout=io.StringIO()
    )  # also imports every address: a mistake there is told here, not by a silent web server
    _say("数据库已是最新" if not waiting else "数据库升级完成")
    if statics.collect():
        _say("静态文件已收集")


def _waiting_migrations() -> int:
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _say(message: str) -> None:
    print(message, flush=True)


if __name__ == "__main__":
    try:
        main()
    except OperatorError as error:
        print(f"错误:{error}", file=sys.stderr)
        sys.exit(2)
