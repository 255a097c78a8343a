"""``anlan ledger export FILE | verify | seal``: the ledger for whoever operates this machine."""

import os
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from anlan.authz.actors import system_everywhere
from anlan.authz.scope import acting
from anlan.proofs import actions, exporting
from anlan.proofs.api import ledger_trouble


class Command(BaseCommand):
    help = "存证账本：export 文件（导出全部已封存的条目）、verify（验证数据库）、seal（立即封存）"

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True, title="做什么")
        export = acts.add_parser("export", help="导出为 JSONL，可用 scripts/verify_ledger.py 离线验证")
        export.add_argument("file", type=Path, help="写到哪个文件；- 为标准输出")
        acts.add_parser("verify", help="同 anlan verify")
        acts.add_parser("seal", help="把已提交的条目全部封存，不等每分钟一次的后台任务")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["act"] == "verify":
            call_command("verify", stdout=self.stdout, stderr=self.stderr)
        elif options["act"] == "seal":
            self.stdout.write(f"封存 {_seal_all()} 条。")
        else:
            self._export(options["file"])

    def _export(self, path: Path) -> None:
        if trouble := ledger_trouble():
            self.stderr.write(f"注意：{trouble}")
        try:
            with acting(system_everywhere()):
                count = _write_to_stdout() if str(path) == "-" else _write(path)
        except OSError as error:
            raise CommandError(f"写不了 {path}：{error.strerror}") from error
        except exporting.MissingEntryError as error:
            raise CommandError(f"账本不完整：{error}") from error
        self.stderr.write(f"导出 {count} 行。")


def _seal_all() -> int:
    total = 0
    while sealed := actions.seal():
        total += sealed
    return total


def _write(path: Path) -> int:
    """Whole or not at all, readable by its owner only: what nobody but the operator may read stays so."""
    descriptor, name = tempfile.mkstemp(dir=path.absolute().parent, prefix=path.name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            count = sum(bool(file.write(line)) for line in exporting.lines())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return count


def _write_to_stdout() -> int:
    with os.fdopen(os.dup(1), "wb") as out:
        return sum(bool(out.write(line)) for line in exporting.lines())
