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
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from anlan.authz.actors import system_actor
from anlan.authz.scope import acting
from anlan.demo import businesses, checks, grids, objects, papers, people, places, signatures
from anlan.demo.growth import books, loading
from anlan.demo.growth.scales import SCALES, Scale
from anlan.demo.story import Story
from anlan.demo.tasks import start_growth
from anlan.hidden_dangers import api as loop
from anlan.jobs import api as jobs
from anlan.lib import clock

SEED = 20260101
CHECKS = 80
REPORTED_EVERY = 20_000
HELP = "规模：small 只讲故事；county 再扩充到一年、2000 家企业；city、million 成批装入空库"


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
        scales = ("small", "county", *SCALES)
        parser.add_argument("--scale", choices=scales, default="small", help=HELP)

    def handle(self, *args: Any, **options: Any) -> None:
        self.started, self.reported = time.monotonic(), 0
        password = settings.ENVIRONMENT.secret("demo_password")
        with jobs.inline(), _hurried():
            if options["scale"] in SCALES:
                self._load(SCALES[options["scale"]], options["seed"], password)
                return
            self._tell(options, password)
            if options["scale"] == "county":
                self._grow(options["seed"], password)
        self._say("演示数据就绪。")

    def _tell(self, options: dict[str, Any], password: str) -> None:
        """The story by real actions."""
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

    def _grow(self, seed: int, password: str) -> None:
        """To a year of 2,000 enterprises, as a job of the county's office that everybody there can follow."""
        world = self._people(password)
        self._say("演示县扩充到一年、约 2000 家企业（后台任务）…")
        job = start_growth(world, seed)
        if job is not None and job.state != "DONE":
            raise CommandError(f"演示县没有扩充成功：{job.error}")

    def _load(self, scale: Scale, seed: int, password: str) -> None:
        """A whole scale in bulk, into a county that has no hidden dangers yet."""
        world = self._people(password)
        with acting(system_actor(world.county)) as system:
            if loop.hidden_dangers(system, loop.Filters(), clock.today()).exists():
                raise CommandError(
                    "本县已有隐患数据。整市规模的数据请装入空库：另设 ANLAN_HOME，用 anlan up --no-demo 启动。"
                )
        random = Random(seed)
        self._say(f"导入 {scale.enterprises} 家演示企业、{scale.supervised} 个其他监管对象 …")
        businesses.open_shop(world, Random(seed), businesses.WITH_ACCOUNT, password)
        grids.draw(world, Random(seed))
        books.enrol(world, random, scale.enterprises, scale.supervised)
        first = loading.first_day(scale)
        events = loading.load(world, random, scale, first, self._written)
        self._say(f"演示数据就绪：{events} 步办理记录。")

    def _written(self, done: int, total: int) -> None:
        if done // REPORTED_EVERY != self.reported or done == total:
            self.reported = done // REPORTED_EVERY
            self._say(f"写入演示隐患：{done}/{total} 件")

    def _people(self, password: str) -> places.World:
        self._say("载入区划和组织机构 …")
        world = places.lay_out()
        self._say("建立演示账号 …")
        people.settle(world, password)
        return world

    def _prepare(self, options: dict[str, Any], password: str) -> places.World:
        world = self._people(password)
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
