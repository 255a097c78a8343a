"""The worker's database connections: what Django does around a request, done around a task. Read by the settings."""

from collections.abc import Callable
from typing import Any

from django.db import close_old_connections


def on_a_living_connection(run: Callable[[], Any], *_: object) -> Any:
    """Run the task; its thread's connection is let go of before if the database has closed it, or it is too old.

    Without this, every later task of the thread would fail on the connection of a database that was restarted.
    """
    close_old_connections()
    try:
        return run()
    finally:
        close_old_connections()
