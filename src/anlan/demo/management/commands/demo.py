"""``anlan demo``: the demo county, in the background of a running site. Repeatable: what is there is left alone."""

import os
import sys
import time
from argparse import ArgumentParser
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from anlan.authz.actors import system_actor
from anlan.authz.scope import acting
from anlan.demo import businesses, checks, directions, festivities, grids, objects, papers, people, places, signatures
from anlan.demo.growth import books, loading
from anlan.demo.growth.plans import new_year
from anlan.demo.growth.scales import SCALES, Scale
from anlan.demo.story import Story
from anlan.demo.tasks import start_growth
from anlan.hidden_dangers import api as loop
from anlan.jobs import api as jobs
from anlan.lib import clock
from anlan.lib.lock import hold
from anlan.processes import api as processes

SEED = 20260101
CHECKS = 80
REPORTED_EVERY = 5.0
"""Seconds."""
HELP = "规模：small 只讲故事；county 再扩充到一年、2000 家企业；city、million 成批装入空库"


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
        self.started = self.reported = time.monotonic()
        self.began: tuple[float, int] | None = None
        password = settings.ENVIRONMENT.secret("demo_password")
        with jobs.inline(), loading.hurried():
            if options["scale"] in SCALES:
                self._load_alone(SCALES[options["scale"]], options["seed"], password)
                return
            with processes.nobody_else_sweeps():
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
        if missing > 0 and festivities.announce(world):
            self._say("登记演示保障活动 …")
        self._say("登记演示证照、标签 …")
        papers.add(world)

    def _grow(self, seed: int, password: str) -> None:
        """To a year of 2,000 enterprises, as a job of the county's office that everybody there can follow."""
        world = self._people(password)
        self._say("演示县扩充到一年、约 2000 家企业（后台任务）…")
        job = start_growth(world, seed)
        if job is not None and job.state != "DONE":
            raise CommandError(f"演示县没有扩充成功：{job.error}")

    def _load_alone(self, scale: Scale, seed: int, password: str) -> None:
        folder: Path = settings.ENVIRONMENT.home / "run"
        folder.mkdir(parents=True, exist_ok=True)
        with hold(folder / "load.lock") as is_ours:
            if not is_ours:
                raise CommandError("另一个终端正在装入演示数据。请等它结束，或先停止它。")
            self._load(scale, seed, password)

    def _load(self, scale: Scale, seed: int, password: str) -> None:
        """A whole scale in bulk, into a county that has no hidden dangers but those of this load."""
        world = self._people(password)
        plan, _ = loading.begun(world, scale, seed)
        with acting(system_actor(world.county)) as system:
            if plan is None and loop.hidden_dangers(system, loop.Filters(), clock.today()).exists():
                raise CommandError(
                    "本县已有隐患数据。整市规模的数据请装入空库：另设 ANLAN_HOME，用 anlan up --no-demo 启动。"
                )
        self._say(f"导入 {scale.enterprises} 家演示企业、{scale.supervised} 个其他监管对象 …")
        businesses.open_shop(world, Random(seed), businesses.WITH_ACCOUNT, password)
        grids.draw(world, Random(seed))
        with loading.planned_anew():
            books.enrol(world, Random(seed), scale.enterprises, scale.supervised)
        call_command("load_checklists", verbosity=0)
        self._say("写入演示隐患 …")
        try:
            loading.load(world, scale, seed, new_year(scale), self._written, at_once=len(os.sched_getaffinity(0)))
        except (KeyboardInterrupt, loading.Broken) as stopped:
            raise CommandError("没有装完。已装的是完整的；再执行同一命令，从停下的地方接着装。") from stopped
        directions.hold_meeting(world)
        self._say("演示数据就绪。")

    def _written(self, done: int, total: int) -> None:
        """How far, how fast, and how long yet; not more often than a person reads."""
        now = time.monotonic()
        if self.began is None:
            self.began = now, done
        elif done < total and now - self.reported < REPORTED_EVERY:
            return
        self.reported = now
        rate = (done - self.began[1]) / max(0.001, now - self.began[0])
        left = f"，每秒 {rate:.0f} 件，约剩 {timedelta(seconds=round((total - done) / rate))}" if rate else ""
        self._say(f"写入演示隐患：{done}/{total} 件{left}")

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
