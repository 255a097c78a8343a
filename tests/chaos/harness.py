"""The storm: who is killed when, what brings it back, and how long that took."""

import json
import os
import platform
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import psycopg

from anlan.config import processes
from anlan.config.processes import Identity
from tests.chaos.clients import Book, Client, Work, at_work
from tests.chaos.listener import Page, summary
from tests.chaos.reckoning import Reckoning, Stand, check_ladders, reckon
from tests.chaos.site import FIRST_START_SECONDS, Site, wait_for
from tests.database import this_run

ROOT = Path(__file__).parents[2]
PEOPLE = ("town", "town2", "village", "town")
LADDERS, RUNGS = 40, 4
RECOVERY_BOUND_SECONDS = 60.0
QUIET_SECONDS = 330.0  # without any change
SWEEP = "processes.sweep_deadlines"
SWEEP_PORTIONS = 10
MEDIAN_GOAL, WHOLE_GOAL = 1.0, 8.0
IDLE_ENOUGH = 0.6


@dataclass(frozen=True)
class Target:
    """One thing to kill: its share of the kills, whether the harness has to start it again, and what it is."""

    name: str
    share: int
    victims: Callable[[Site], list[Identity]]
    restart: bool = False
    is_whole: bool = False
    in_silence: bool = False
    """Whether nobody works meanwhile but for one act at the kill: no later act can stand in for one not told."""


def _app(site: Site) -> list[Identity]:
    leaders = {name: leader for name, leader in site.record.read().items() if name != "supervisor"}
    return [site.supervisor(), *(one for leader in leaders.values() for one in processes.members_of_group(leader.pid))]


TARGETS = (
    Target("数据库后端", 14, lambda site: [site.database_backend()]),
    Target("网站进程", 12, lambda site: [site.web_worker()]),
    Target("后台任务进程", 11, lambda site: [site.child("worker")]),
    Target("即时更新进程", 5, lambda site: [site.child("live")], in_silence=True),
    Target("整个数据库", 8, lambda site: [site.postmaster()], is_whole=True),
    Target("整个应用", 7, _app, restart=True, is_whole=True),
    Target("应用和数据库", 3, lambda site: [*_app(site), site.postmaster()], restart=True, is_whole=True),
)


@dataclass
class Storm:
    """What happened: seconds to the first acknowledged write, by target; and after a kill of the live updates, those
    to the open page having been told again."""

    recoveries: dict[str, list[float]] = field(default_factory=dict)
    told: list[float] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def all(self) -> list[float]:
        return [seconds for found in self.recoveries.values() for seconds in found]


def plan(kills: int, chance: random.Random) -> list[Target]:
    """The kills in a random order, each target with its share, and each at least once if there are enough."""
    whole = sum(target.share for target in TARGETS)
    chosen = list(TARGETS[:kills]) if kills >= len(TARGETS) else []
    for target in TARGETS:
        chosen += [target] * max(0, round(kills * target.share / whole) - 1)
    while len(chosen) < kills:
        chosen.append(chance.choices(TARGETS, [target.share for target in TARGETS])[0])
    chance.shuffle(chosen)
    return chosen[:kills]


@dataclass(frozen=True)
class Scene:
    """A site, the people at work in it and their book, an open page, and one more person for what is done in silence."""

    site: Site
    book: Book
    page: Page
    hand: Client


def storm(
    scene: Scene, deadlines: list[str], targets: list[Target], chance: random.Random, minutes: float = float("inf")
) -> Storm:
    """Kill one target after another, each as soon as the site works again and a random while has passed."""
    found, begun = Storm(), time.monotonic()
    portions = [deadlines[start::SWEEP_PORTIONS] for start in range(SWEEP_PORTIONS)]
    for number, target in enumerate(targets):
        if time.monotonic() - begun > 60 * minutes:
            break
        if number % max(1, len(targets) // SWEEP_PORTIONS) == 0 and portions:
            let_come_due(scene.site, portions.pop())
        time.sleep(chance.uniform(0.0, 0.6))
        took = kill_in_silence(scene, target, chance) if target.in_silence else kill(scene.site, scene.book, target)
        if took is None:
            what = "the open page was not told" if target.in_silence else "nothing was acknowledged"
            found.complaints.append(f"{target.name}: {what} within {RECOVERY_BOUND_SECONDS:.0f} s")
            break
        (found.told if target.in_silence else found.recoveries.setdefault(target.name, [])).append(took)
    for left in portions:
        let_come_due(scene.site, left)
    found.seconds = time.monotonic() - begun
    return found


def kill(site: Site, book: Book, target: Target) -> float | None:
    """Kill it; seconds until the first write sent afterwards was acknowledged."""
    victims = _when_there(site, target)
    begun = time.monotonic()
    for victim in victims:
        victim.send(signal.SIGKILL)
    if target.restart:
        assert site.process is not None
        site.process.wait()
        site.start()
    return book.await_acknowledgement(begun, RECOVERY_BOUND_SECONDS)


def kill_in_silence(scene: Scene, target: Target, chance: random.Random) -> float | None:
    """Kill it at an act, a moment before or after, while nobody else acts; seconds until the open page had been told of
    everything."""
    with scene.book.gate.closed(RECOVERY_BOUND_SECONDS):
        if scene.page.await_all(scene.book, RECOVERY_BOUND_SECONDS) is None:
            return None
        victims = _when_there(scene.site, target)
        is_before = chance.random() < 0.5
        if is_before:
            scene.hand.find_matter()
        begun = time.monotonic()
        for victim in victims:
            victim.send(signal.SIGKILL)
        if not is_before:
            scene.hand.find_matter()
        return scene.page.await_all(scene.book, RECOVERY_BOUND_SECONDS, since=begun)


def _when_there(site: Site, target: Target) -> list[Identity]:
    """The living victims; the one before may just be coming back."""
    deadline = time.monotonic() + RECOVERY_BOUND_SECONDS
    while True:
        try:
            victims = target.victims(site)
            if victims and all(victim.alive() for victim in victims):
                return victims
        except (LookupError, StopIteration, AssertionError, OSError, ValueError, psycopg.Error):
            pass
        if time.monotonic() > deadline:
            raise AssertionError(f"{target.name}: nothing there to kill")
        time.sleep(0.02)


def let_come_due(site: Site, deadlines: list[str]) -> None:
    """The first rung of these ladders is due now; ask for a sweep, for the next full minute may come too late."""
    statements = (
        ("UPDATE processes_deadline SET next_at = now() WHERE id = ANY(%s::uuid[])", [deadlines]),
        (
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES ('default', %s, %s)",
            [SWEEP, '{"timestamp": 0}'],
        ),
    )
    deadline = time.monotonic() + RECOVERY_BOUND_SECONDS
    while True:
        try:
            with psycopg.connect(site.environment.administrator().conninfo(connect_timeout="5")) as connection:
                for statement, values in statements:
                    connection.execute(statement, values)
            return
        except psycopg.Error:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def idle_share(seconds: float = 2.0) -> float:
    """The part of the processors nobody used while the site stood idle: how much of a recovery is the machine's own."""

    def ticks() -> tuple[int, int]:
        values = [int(word) for word in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
        return values[3] + values[4], sum(values)

    idle, whole = ticks()
    time.sleep(seconds)
    idle_later, whole_later = ticks()
    return (idle_later - idle) / max(1, whole_later - whole)


def make_world(site: Site, ladders: int = LADDERS) -> Work:
    """The cast and the overdue matters, in a process of its own that works on the site's database."""
    command = [sys.executable, "-m", "tests.chaos.world", str(ladders)]
    variables = site.variables | {"DJANGO_SETTINGS_MODULE": "anlan.config.settings"}
    result = subprocess.run(command, env=variables, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    return Work(site.environment.port, json.loads(result.stdout.splitlines()[-1]))


def await_quiet(site: Site) -> float:
    """Seconds until no job waits or is under way; AssertionError when nothing has moved for longer than a dead worker's
    jobs may take to be given to another one. What still waits is then said."""
    begun = moved = time.monotonic()
    before: object = None
    while (left := unfinished_jobs(site)) != []:
        if left is not None and left != before:
            before, moved = left, time.monotonic()
        assert time.monotonic() - moved < QUIET_SECONDS, f"jobs that do not move: {left}"
        time.sleep(0.25)
    return time.monotonic() - begun


def unfinished_jobs(site: Site) -> list[tuple[Any, ...]] | None:
    """Task, status, attempts and number; None while the database does not answer."""
    query = """SELECT task_name, status::text, attempts, count(*) FROM procrastinate_jobs
                WHERE status IN ('todo', 'doing') GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"""
    try:
        with psycopg.connect(site.environment.administrator().conninfo(connect_timeout="5")) as connection:
            return connection.execute(query).fetchall()
    except psycopg.Error:
        return None


def failed_jobs(site: Site) -> list[str]:
    """Jobs given up. A sweep is not tried again: the next minute's takes what it left."""
    query = "SELECT task_name, count(*) FROM procrastinate_jobs WHERE status = 'failed' AND task_name <> %s GROUP BY 1"
    with psycopg.connect(site.environment.administrator().conninfo()) as connection:
        return [f"{count} jobs {name} failed" for name, count in connection.execute(query, [SWEEP])]


def broken_seals(site: Site) -> list[str]:
    """What does not fit in the ledger's tree: its sealer was killed like everything else."""
    said = site.run("verify")
    return said.stderr.splitlines() if said.returncode else []


def breaches(site: Site) -> list[str]:
    """What no longer keeps the rules that the acts enforce."""
    said = site.run("check")
    return said.stdout.splitlines() if said.returncode else []


def run(*, kills: int, seed: int | None, minutes: float = float("inf")) -> int:
    """The whole: a site, a world, the storm, the reckoning, the tables. 0 if nothing is to be complained of."""
    seed = random.SystemRandom().randrange(10**6) if seed is None else seed
    chance = random.Random(seed)
    site = Site()
    site.start()
    try:
        wait_for(site.is_well, FIRST_START_SECONDS, "first start")
        work = make_world(site)
        idle = idle_share()
        print(f"站点就绪,{len(PEOPLE)} 人办理;{kills} 次 kill -9,随机数 {seed};处理器空闲 {idle:.0%}", flush=True)
        deadlines = [str(one) for one in work.world["overdue"]]
        page = Page(work, site.environment.live_port)
        page.start()
        with at_work(work, PEOPLE) as book:
            hand = Client(work, "town", book, threading.Event(), seed)
            assert book.await_acknowledgement(time.monotonic(), 30.0) is not None, "no write at all"
            found = storm(Scene(site, book, page, hand), deadlines, plan(kills, chance), chance, minutes)
        told = page.await_all(book, RECOVERY_BOUND_SECONDS) is not None
        page.stop()
        print(f"风暴过去,{len(found.all) + len(found.told)} 次,{found.seconds:.0f} 秒;等后台任务做完", flush=True)
        wait_for(site.is_well, QUIET_SECONDS, "well again")
        quiet = await_quiet(site)
        conninfo = site.environment.administrator().conninfo()
        result = reckon(book, Stand(conninfo, site.home))
        result.ladder_rungs, complaints = check_ladders(conninfo, deadlines, RUNGS)
        result.complaints += [
            *found.complaints,
            *complaints,
            *book.oddities,
            *page.oddities,
            *([] if told else [f"the open page was not told of {len(page.unseen(book))} acts"]),
            *failed_jobs(site),
            *broken_seals(site),
            *breaches(site),
        ]
    finally:
        shutil.copytree(site.home / "logs", ROOT / "test-results" / "chaos", dirs_exist_ok=True)
        site.stop()
        shutil.rmtree(this_run(), ignore_errors=True)
    return report(found, result, book, summary(page, book), seed=seed, quiet=quiet, idle=idle)


def report(
    found: Storm, result: Reckoning, book: Book, live: dict[str, Any], *, seed: int, quiet: float, idle: float
) -> int:
    """Print the tables and the JSON; the exit code. On a machine busy with other things lateness proves nothing: it is
    told, and does not fail."""
    late = _too_late(found)
    print(f"\n{'杀死':<10}{'次数':>6}{'中位 s':>10}{'p95 s':>10}{'最长 s':>10}")
    tables = [*found.recoveries.items(), ("合计", found.all), ("即时更新", found.told)]
    for name, seconds in [(name, seconds) for name, seconds in tables if seconds]:
        print(f"{name:<10}{len(seconds):>6}{median(seconds):>10.2f}{_p95(seconds):>10.2f}{max(seconds):>10.2f}")
    print(
        f"\n写入:发出 {result.sent},确认 {result.acknowledged},找到 {result.found};"
        f"丢失 {result.lost},重复 {result.doubled},改变 {result.altered},无中生有 {result.unsent};"
        f"没有得到确认但已办成 {result.unacknowledged_but_done}"
    )
    print(
        f"打开着的页面:被告知 {live['told']} 次,断开后自己回来 {live['returns']} 次,"
        f"看到 {live['seen']} / {live['acts']} 次办理"
    )
    print(f"时限:{LADDERS} 条梯子 {result.ladder_rungs} 级;用时 {found.seconds:.0f} 秒,后台任务 {quiet:.0f} 秒后做完")
    for complaint in [*result.complaints, *late][:40]:
        print(f"  不合:{complaint}")
    if late and idle < IDLE_ENOUGH:
        print("  机器正忙于别的事,恢复的时间只作参考")
    summary: dict[str, Any] = {
        "kills": len(found.all) + len(found.told),
        "seed": seed,
        "seconds": round(found.seconds, 1),
        "recoveries": {name: [round(one, 2) for one in seconds] for name, seconds in found.recoveries.items()},
        "told": [round(one, 2) for one in found.told],
        "live": live,
        "writes": {name: value for name, value in vars(result).items() if isinstance(value, int)},
        "answers": {str(status): count for status, count in sorted(book.statuses.items())},
        "complaints": len(result.complaints),
        "late": late,
        "idle": round(idle, 2),
        "machine": f"{platform.machine()} {os.cpu_count()} cores",
    }
    print(json.dumps(summary, ensure_ascii=False))
    return 1 if result.complaints or (late and idle >= IDLE_ENOUGH) else 0


def _too_late(found: Storm) -> list[str]:
    whole = [
        max(found.recoveries[target.name]) for target in TARGETS if target.is_whole and target.name in found.recoveries
    ]
    late = [f"整个应用或数据库恢复用了 {slowest:.1f} 秒" for slowest in whole if slowest > WHOLE_GOAL]
    if found.all and median(found.all) > MEDIAN_GOAL:
        late.append(f"恢复的中位时间 {median(found.all):.2f} 秒")
    return late


def _p95(seconds: list[float]) -> float:
    return max(seconds) if len(seconds) < 20 else quantiles(seconds, n=20)[-1]
