"""``anlan load_checklists``: the delivered checklists. Repeatable: only a changed list becomes a new version."""

from typing import Any

from django.core.management.base import BaseCommand

from anlan.authz.actors import system_actors
from anlan.authz.scope import acting
from anlan.inspections.actions import publish_checklist
from anlan.inspections.reference import delivered


class Command(BaseCommand):
    help = "载入随系统提供的检查表（data/reference/checklists）；内容有变化的发布新版本，没有变化的不动。"

    def handle(self, *args: Any, **options: Any) -> None:
        actor = next(iter(system_actors()), None)
        if actor is None:
            self.stdout.write("还没有区划和机构，请先载入。")
            return
        with acting(actor):
            for one in delivered():
                version = publish_checklist(
                    actor=actor, code=one.code, name=one.name, source=one.source, items=one.items
                )
                self.stdout.write(f"{version.checklist.name}：第 {version.number} 版")
