"""``anlan check``: does everything that stands in the database keep the rules the acts enforce? Exit code 1 when not.

It takes the place of Django's command of that name, whose checks run first.
"""

import time
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any

from django.core.management.base import CommandParser
from django.core.management.commands.check import Command as DjangoCheck
from django.db import connection

from anlan.authz.actors import Actor, system_actors
from anlan.authz.scope import acting
from anlan.processes.invariants import Breach, Kind, kinds

SHOWN = 50


def _take_time() -> None:
    """A county with a million matters has millions of steps to be put in order: that takes longer than a page may, and
    more memory."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL work_mem = '128MB'")


class Command(DjangoCheck):
    help = "核对库中的数据：每件记录、每段办理历史、每条账本记录是否符合办理动作所守的规矩；有不符的退出码为 1。"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--settings-only", action="store_true", help="只做 Django 的设置检查，不看数据")
        parser.add_argument("--show", type=int, default=SHOWN, help=f"每类最多列出多少条不符（{SHOWN}）")

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if options["settings_only"]:
            return
        found = sum(self._look_at(kind, options["show"]) for kind in kinds())
        if found:
            self.stdout.write(f"共 {found} 处不符。")
            raise SystemExit(1)
        self.stdout.write("全部符合。")

    def _look_at(self, kind: Kind, show: int) -> int:
        """Check one kind everywhere and say what was found; how many breaches."""
        begun = time.monotonic()
        counts: list[int] = []
        breaches = chain.from_iterable(self._in(actor, kind, counts) for actor in system_actors())
        shown = list(islice(breaches, show))
        more = sum(1 for _ in breaches)
        seconds = time.monotonic() - begun
        total = len(shown) + more
        said = f"{total} 处不符" if total else "符合"
        self.stdout.write(f"{kind.label} {sum(counts)} {kind.unit}：{said}（{seconds:.1f} 秒）")
        for breach in shown:
            self.stdout.write(f"  {breach.number}：{breach.what}")
        if more:
            self.stdout.write(f"  ……另有 {more} 处")
        self.stdout.flush()
        return total

    def _in(self, actor: Actor, kind: Kind, counts: list[int]) -> Iterator[Breach]:
        with acting(actor):
            _take_time()
            counts.append(kind.count(actor))
            yield from kind.breaches(actor)
