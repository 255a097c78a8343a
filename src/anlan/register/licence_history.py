"""The history of a licence in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from anlan.processes.api import Event
from anlan.register.licence_workflow import LICENCE
from anlan.register.models import Licence

SHOWN = ("number", "valid_from", "valid_to", "issued_by", "title", "scope")
_STEPS = {step.event: step.label for _, step in LICENCE.steps()}


@dataclass(frozen=True)
class Told:
    words: str
    event: Event


def told(history: Iterable[Event]) -> list[Told]:
    """What was done, the latest first."""
    return [Told(_words(event), event) for event in reversed(list(history))]


def _words(event: Event) -> str:
    if not event.verb:
        return f"提醒：{_STEPS.get(event.event, event.event)}"
    label = LICENCE.rows_of(event.verb)[0].label
    if event.verb in ("register_licence", "cancel_licence"):
        return f"{label}：{event.note}" if event.note else label
    changes = event.payload.get("changes", {})
    parts = [_change(name, changes[name]) for name in SHOWN if name in changes]
    return f"{label}：{'；'.join(parts)}" if parts else f"{label}（补传扫描件）"


def _change(name: str, change: dict[str, Any]) -> str:
    label = Licence._meta.get_field(name).verbose_name  # type: ignore[union-attr]
    return f"{label} {change['from'] or '无'} → {change['to'] or '无'}"
