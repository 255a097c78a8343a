"""A whole site of one's own with the demo county, for pictures and for the bench: nothing of an installed one is touched."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

START_SECONDS = 180
DEMO_SECONDS = 900

Process = subprocess.Popen[bytes]


@contextmanager
def running_site(home: Path, *, demo: bool = True) -> Iterator[tuple[Path, int]]:
    """``anlan up`` in this home at a free port, the demo county loaded or nothing at all."""
    home.chmod(0o711)  # as root the database runs as another user, who has to pass through
    port = free_port()
    foreign = ("ANLAN_", "PG")
    own = {name: value for name, value in os.environ.items() if not name.startswith(foreign) and name != "DATABASE_URL"}
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "anlan.config.cli", "up", *([] if demo else ["--no-demo"])],
        env=own | {"ANLAN_HOME": str(home), "ANLAN_PORT": str(port)},
        start_new_session=True,
    )
    try:
        wait_for(process, START_SECONDS, lambda: _is_well(port), "网站没有启动")
        if demo:
            wait_for(process, DEMO_SECONDS, lambda: any((home / "run").glob("demo-*")), "演示数据没有装入")
        yield home, port
    finally:
        process.terminate()
        process.wait()


def wait_for(process: Process, seconds: float, is_there: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + seconds
    while not is_there():
        if process.poll() is not None or time.monotonic() > deadline:
            sys.exit(f"错误:{otherwise}")
        time.sleep(0.5)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_well(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False
