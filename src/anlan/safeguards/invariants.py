"""What holds for every event and its matters; see ``hidden_dangers.invariants``."""

from collections.abc import Iterator

from django.db.models import F, Q

from anlan.authz.actors import Actor
from anlan.processes.api import Breach
from anlan.processes.api import invariants as processes
from anlan.safeguards.models import GuaranteedEvent, GuardedMatter

EVENT_RULES = {"属地的路径不符": ~Q(region_path=F("region__path"))}
MATTER_RULES = {
    "列入活动的路径不符": ~Q(region_path=F("event__region_path")),
    "保障的隐患不在活动的属地": ~Q(hidden_danger__region_path__startswith=F("event__region_path")),
    "移出早于列入": Q(removed_at__lt=F("added_at")),
}


def check_events(actor: Actor) -> Iterator[Breach]:
    """Every breach among the events of the actor's county."""
    yield from processes.broken_rows(GuaranteedEvent.objects.visible_to(actor).order_by(), EVENT_RULES, "name")


def check_matters(actor: Actor) -> Iterator[Breach]:
    """A guarded matter lies in the region of its event; one that was taken out may lie anywhere."""
    rows = GuardedMatter.objects.visible_to(actor).order_by()
    kept = {words: Q(removed_at=None) & rule for words, rule in MATTER_RULES.items() if words != "移出早于列入"}
    rules = {**kept, "移出早于列入": MATTER_RULES["移出早于列入"]}
    yield from processes.broken_rows(rows, rules, "hidden_danger__number")


def register_invariants() -> None:
    """Called when Django is ready."""
    events, matters = GuaranteedEvent.objects, GuardedMatter.objects
    processes.register_invariants(
        processes.Kind("保障活动", "项", lambda actor: events.visible_to(actor).count(), check_events)
    )
    processes.register_invariants(
        processes.Kind("保障隐患", "件", lambda actor: matters.visible_to(actor).count(), check_matters)
    )
