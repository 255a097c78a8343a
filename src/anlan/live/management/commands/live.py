"""``anlan live``: the process that holds the open pages' streams. ``anlan up`` starts it."""

from typing import Any

from django.core.management.base import BaseCommand

from anlan.live.server import serve


class Command(BaseCommand):
    help = "运行即时更新的进程（anlan up 会自动启动）"
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        serve()
