"""How fast the running site answers, beside bare psycopg that sends the same statements from the same server.

    python -m tests.bench.site [--scale county|city|million] [--home FOLDER --port PORT] [--rounds N]

The two servers run side by side and are asked in turn, round by round; every answer is checked; medians of the rounds.
Without ``--home`` a site of its own is made for the run. One line of JSON for each figure, all of them in
``build/bench/site-SCALE.json``. Goals: DESIGN §18.
"""

import argparse
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from anlan.config import env, web
from tests.bench.load import Load, Request, alone, drive
from tests.bench.samples import SPARE, Sample, samples
from tests.running import free_port, running_site, wait_for

ROOT = Path(__file__).parents[2]
CONNECTIONS = 6  # two workers of three threads
SECONDS = 3.0
ACTS = 60  # a round
PEOPLE, PEOPLE_SECONDS = 50, 20.0


class Bench:
    def __init__(self, home: Path, port: int, bare_port: int, rounds: int) -> None:
        self.home, self.port, self.bare_port, self.rounds = home, port, bare_port, rounds
        self.figures: dict[str, Any] = {}

    def compare(self, sample: Sample) -> None:
        """Requests a second of both, in turn, and the ratio."""
        supply = iter(sample.subjects[SPARE:]) if sample.method == "POST" and sample.subjects else None
        rates: dict[bool, list[float]] = {False: [], True: []}
        for _ in range(self.rounds):
            for bare in (False, True):
                subjects = itertools.islice(supply, ACTS) if supply else _round(sample.subjects)
                load = self._drive(sample.requests(subjects, bare=bare), bare=bare)
                assert not load.wrong, (sample.name, bare, load.wrong[:2])
                rates[bare].append(load.per_second)
        own, floor = median(rates[False]), median(rates[True])
        self._say(sample.name, per_second=round(own, 1), same_statements=round(floor, 1), ratio=round(own / floor, 2),
                  goal=[sample.per_second, sample.share])  # fmt: skip

    def latency(self, sample: Sample, times: int = 40) -> None:
        """The 95th percentile alone, beside the bare statements."""
        own = alone(self.port, next(sample.requests(iter([""]), bare=False)), times)
        floor = alone(self.bare_port, next(sample.requests(iter([""]), bare=True)), times)
        assert (own.wrong[:1], floor.wrong[:1]) == ([], [])
        p95, bare = own.percentile(0.95) * 1000, floor.percentile(0.95) * 1000
        self._say(
            f"{sample.name} p95", ms=round(p95), statements_ms=round(bare), ratio=round(p95 / bare, 2), goal=[150, 3.0]
        )

    def people(self, samples: list[Sample]) -> None:
        """So many at once, each now this and now that."""
        turns = [sample.requests(_round(sample.subjects), bare=False) for sample in samples if sample.method == "GET"]
        mixed = (next(turn) for turn in itertools.cycle(turns))
        load = drive(self.port, mixed, connections=PEOPLE, seconds=PEOPLE_SECONDS)
        self._say("fifty people", per_second=round(load.per_second, 1), errors=len(load.wrong),
                  p95_ms=round(load.percentile(0.95) * 1000), first_error=load.wrong[:1])  # fmt: skip

    def _drive(self, requests: Iterator[Request], *, bare: bool) -> Load:
        return drive(self.bare_port if bare else self.port, requests, connections=CONNECTIONS, seconds=SECONDS)

    def _say(self, name: str, **figures: Any) -> None:
        self.figures[name] = figures
        print(json.dumps({"bench": name, **figures}, ensure_ascii=False), flush=True)


def _round(subjects: list[str]) -> Iterator[str]:
    return itertools.cycle(subjects or [""])


def main() -> None:
    given = _arguments()
    with _given_or_own(given) as (home, port):
        os.environ |= {"ANLAN_HOME": str(home), "ANLAN_PORT": str(port), "ANLAN_PROCESS": "anlan-bench"}
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlan.config.settings")
        made = samples(port, acts=2 * given.rounds * ACTS + SPARE)
        with _bare_server(home, made) as bare_port:
            bench = Bench(home, port, bare_port, given.rounds)
            for name in ("read one", "list of 50", "check of ten items", "transition"):
                bench.compare(made[name])
            bench.latency(made["overview"])
            bench.people([*made.values()])
    target = ROOT / "build" / "bench" / f"site-{given.scale}.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(bench.figures, ensure_ascii=False, indent=1), "utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", default="county", choices=["county", "city", "million"])
    parser.add_argument("--home", type=Path)
    parser.add_argument("--port", type=int)
    parser.add_argument("--rounds", type=int, default=5)
    return parser.parse_args()


@contextmanager
def _given_or_own(given: argparse.Namespace) -> Iterator[tuple[Path, int]]:
    if given.home:
        yield given.home, given.port
        return
    in_bulk = given.scale != "county"
    with (
        tempfile.TemporaryDirectory(prefix="anlan-bench-") as folder,
        running_site(Path(folder), demo=not in_bulk) as (home, port),
    ):
        if in_bulk:
            command = [sys.executable, "-m", "anlan.config.cli", "demo", "--scale", given.scale]
            subprocess.run(command, check=True, env=os.environ | {"ANLAN_HOME": str(home)})
        yield home, port


@contextmanager
def _bare_server(home: Path, made: dict[str, Sample]) -> Iterator[int]:
    """The bare application, with as many workers and threads as the site has."""
    port = free_port()
    environment = env.read({"ANLAN_HOME": str(home), "ANLAN_PORT": str(port)})
    command = web.web_command(environment, static_root=home / "static")
    command[command.index("anlan.config.wsgi:application")] = "tests.bench.bare:application"
    variables = os.environ | {"ANLAN_BENCH_SAMPLES": json.dumps({name: one.spec() for name, one in made.items()})}
    process = subprocess.Popen(command, env=variables, cwd=ROOT)
    try:
        wait_for(process, 120, lambda: _answers(port, made["read one"]), "对照服务没有启动")
        yield port
    finally:
        process.terminate()
        process.wait()


def _answers(port: int, sample: Sample) -> bool:
    try:
        return not alone(port, next(sample.requests(iter(sample.subjects), bare=True)), 1).wrong
    except OSError:
        time.sleep(0.2)
        return False


if __name__ == "__main__":
    main()
