"""``anlan demo``: the demo county, in the background of a running site. Repeatable: what is there is left alone."""

import gc
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from random import Random
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection

from anlan.demo import businesses, checks, grids, objects, papers, people, places, signatures
from anlan.demo.story import Story
from anlan.jobs import api as jobs
from anlan.lib import clock

SEED = 20260101
CHECKS = 80


@contextmanager
def _hurried() -> Iterator[None]:
    """Do not wait for the disk after each of thousands of acts, but before saying that all is there; and do not look
    for cycles among what thousands of queries make and drop."""
    gc.disable()
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
        cursor.execute("SET plan_cache_mode = auto")  # its tables are small: any plan will do, so plan once
    yield
    gc.enable()
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = on")
        cursor.execute("RESET plan_cache_mode")
        cursor.execute("SELECT pg_logical_emit_message(true, 'anlan', 'demo')")  # its commit flushes all before it


class Command(BaseCommand):
    help = "载入演示县（临海）：虚构企业和隐患，全部由真实的办理动作生成。可重复执行。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--enterprises", type=int, default=200, help="企业数（200）")
        parser.add_argument("--dangers", type=int, default=300, help="隐患数（300）")
        parser.add_argument("--days", type=int, default=90, help="讲述最近多少天（90）")
        parser.add_argument("--seed", type=int, default=SEED, help="随机种子")

    def handle(self, *args: Any, **options: Any) -> None:
        self.started = time.monotonic()
        password = settings.ENVIRONMENT.secret("demo_password")
        with jobs.inline(), _hurried():
            world = self._prepare(options, password)
            story = Story(world, Random(options["seed"]))
            missing = options["dangers"] - story.told()
            if missing > 0:
                today = clock.today()
                story.tell(today - timedelta(days=options["days"]), today, missing, self._progress)
            if not checks.told(world):
                self._say("登记演示检查和企业自查 …")
                today = clock.today()
                checks.tell(world, Random(options["seed"]), today - timedelta(days=options["days"]), today, CHECKS)
            if missing > 0 and signatures.sign(world):
                self._say("签字上月的隐患清单 …")
            self._say("登记演示证照、标签 …")
            papers.add(world)
        self._say("演示数据就绪。")

    def _prepare(self, options: dict[str, Any], password: str) -> places.World:
        self._say("载入区划和组织机构 …")
        world = places.lay_out()
        self._say("建立演示账号 …")
        people.settle(world, password)
        self._say(f"登记 {options['enterprises']} 家演示企业 …")
        businesses.open_shop(world, Random(options["seed"]), options["enterprises"], password)
        objects.furnish(world, Random(options["seed"]))
        self._say("划分演示网格 …")
        grids.draw(world, Random(options["seed"]))
        return world

    def _progress(self, done: int, total: int) -> None:
        if done % 10 == 0 or done == total:
            self._say(f"办理演示隐患：第 {done}/{total} 天")

    def _say(self, text: str) -> None:
        self.stdout.write(f"[{time.monotonic() - self.started:6.1f} 秒] {text}")
        sys.stdout.flush()
