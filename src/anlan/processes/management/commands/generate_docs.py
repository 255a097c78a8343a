"""Write the generated reference documents, or (``--check``) fail when they differ from what is on disk."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from anlan.processes.documents import DOCUMENTS


class Command(BaseCommand):
    help = "由流程表和角色表生成 docs/reference；--check 只比较。"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="只比较，不写；不一致时失败")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(settings.BASE_DIR).parents[1] / "docs" / "reference"
        stale = [name for name, make in DOCUMENTS.items() if not self._is_current(folder / name, make())]
        if options["check"]:
            if stale:
                raise CommandError(f"文档与代码不一致：{'、'.join(stale)}。请运行 make docs。")
            return
        for name in stale:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(DOCUMENTS[name](), encoding="utf-8")
            self.stdout.write(f"已更新 docs/reference/{name}")

    @staticmethod
    def _is_current(path: Path, text: str) -> bool:
        return path.exists() and path.read_text(encoding="utf-8") == text
