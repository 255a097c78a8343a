"""The command lines of the site's processes, the same for the supervisor and for the tests."""

import sys
from collections.abc import Mapping
from pathlib import Path

from anlan.config.env import Environment

THREADS = 3  # a worker, for blocking work; each holds one database connection


def web_command(environment: Environment, *, static_root: Path) -> list[str]:
    """granian, which also serves the collected static files itself."""
    return [
        *(sys.executable, "-m", "anlan.config.serve", "anlan.config.wsgi:application"),
        *("--interface", "wsgi", "--http", "1", "--no-ws"),
        *("--host", "127.0.0.1", "--port", str(environment.port)),
        *("--workers", str(environment.web_workers)),
        *("--blocking-threads", str(THREADS), "--blocking-threads-idle-timeout", "600"),
        *("--respawn-failed-workers", "--respawn-interval", "0.1", "--workers-kill-timeout", "3"),
        *("--static-path-route", "/static", "--static-path-mount", str(static_root)),
        *("--log-level", "warning"),
    ]


def worker_command() -> list[str]:
    """The process that does the jobs."""
    return [sys.executable, "-m", "anlan.config.cli", "procrastinate", "worker"]


def live_command() -> list[str]:
    """The process that holds the open pages' streams (ADR 0007)."""
    return [sys.executable, "-m", "anlan.config.cli", "live"]


def child_environment(environment: Environment, inherited: Mapping[str, str], *, process: str) -> dict[str, str]:
    """The environment of a child: it knows the application's address in the database, not the owner's."""
    variables = {name: value for name, value in inherited.items() if name not in {"DATABASE_URL", "ANLAN_DB_ROLE"}}
    variables |= {"ANLAN_PROCESS": process, "ANLAN_HOME": str(environment.home), "PYTHONUNBUFFERED": "1"}
    variables["OPENBLAS_NUM_THREADS"] = "1"  # or loading it starts threads, before the workers are forked
    if not environment.embedded:
        variables["ANLAN_APP_DATABASE_URL"] = environment.app().conninfo()
    return variables
