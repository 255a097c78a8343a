"""What the API says of a matter: plain dicts in the shape of `schemas`. What may be said to whom is decided in
`presenters`."""

from functools import cache
from typing import Any

from anlan.authz.actors import Actor
from anlan.authz.choices import Sector
from anlan.authz.models import Organisation
from anlan.hidden_dangers.advice import advice_of, replayed
from anlan.hidden_dangers.choices import (
    Cause,
    DeadlineName,
    HandlingMode,
    Level,
    MajorState,
    PartyKind,
    Source,
    Status,
)
from anlan.hidden_dangers.models import HiddenDanger, RectificationPlan, RuleFinding
from anlan.hidden_dangers.presenters import hides_reporter, is_overdue, party_name, title_of, verbs
from anlan.hidden_dangers.selectors import plan_of
from anlan.http.api import Coded
from anlan.processes import api as processes
from anlan.processes.api import Event, EventKind
from anlan.register.api import SupervisedObject


@cache
def _coded(choices: Any, value: str) -> Coded | None:
    return Coded(code=value, label=choices(value).label) if value else None


def _named(one: Organisation | SupervisedObject | None) -> dict[str, Any] | None:
    return {"id": one.id, "name": one.name} if one is not None else None


def party(matter: HiddenDanger) -> dict[str, Any] | None:
    """The responsible party: its kind, its id where it has one, and its name."""
    if not matter.party_kind:
        return None
    who = matter.party_enterprise or matter.party_organisation
    return {
        "kind": _coded(PartyKind, matter.party_kind),
        "id": who.id if who else None,
        "name": party_name(matter),
    }


def row(actor: Actor, matter: HiddenDanger) -> dict[str, Any]:
    """A line of the list as the API gives it."""
    return {
        "id": matter.id,
        "number": matter.number,
        "status": _coded(Status, matter.status),
        "level": _coded(Level, matter.level),
        "major_state": _coded(MajorState, matter.major_state),
        "description": matter.description,
        "place": matter.place,
        "region": {"id": matter.region_id, "name": matter.region.name},
        "sector": _coded(Sector, matter.sector),
        "source": None if hides_reporter(actor, matter) else _coded(Source, matter.source),
        "site": matter.site_id,
        "object": _named(matter.supervised_object),
        "responsible_party": party(matter),
        "holder": _named(matter.holder),
        "lead": _named(matter.lead),
        "due_on": matter.due_on,
        "is_overdue": is_overdue(matter),
        "registered_at": matter.registered_at,
        "changed_at": matter.changed_at,
        "version": matter.version,
    }


def case(actor: Actor, matter: HiddenDanger) -> dict[str, Any]:
    """One matter, read to be told, as the API gives it."""
    hidden = hides_reporter(actor, matter)
    return {
        **row(actor, matter),
        "clause": matter.clause,
        "cause": _coded(Cause, matter.cause),
        "reporter": None if hidden else _named(matter.reporter),
        "screening": None if hidden else _named(matter.screening),  # it may be the reporter itself
        "dispatcher": _named(matter.dispatcher),
        "major_decider": _named(matter.major_decider),
        "modes": [_coded(HandlingMode, mode) for mode in matter.modes],
        "original_due_on": matter.original_due_on,
        "review_on": matter.review_on,
        "return_count": matter.return_count,
        "submitted_at": matter.submitted_at,
        "accepted_at": matter.accepted_at,
        "ended_at": matter.ended_at,
        "plan": _plan(plan_of(matter)),
        "deadlines": [_deadline(deadline) for deadline in matter.told_deadlines],  # type: ignore[attr-defined]
        "files": matter.told_files,  # type: ignore[attr-defined]
        "verbs": [
            {"verb": verb.transition.verb, "label": verb.transition.label, "refused": verb.refused}
            for verb in verbs(actor, matter)
        ],
    }


def _plan(plan: RectificationPlan | None) -> dict[str, Any] | None:
    if plan is None:
        return None
    return {
        "plan": plan.plan,
        "due_on": plan.due_on,
        "person": plan.person,
        "funds_cny": None if plan.funds_cny is None else str(plan.funds_cny),
        "measures": plan.measures,
        "missing": plan.missing(),
    }


def _deadline(told: dict[str, Any]) -> dict[str, Any]:
    return {
        "kind": _coded(DeadlineName, told["kind"]),
        "due_on": told["due_on"],
        "state": _coded(processes.DeadlineState, told["state"]),
        "article": told["article"],
    }


def event(entry: Event) -> dict[str, Any]:
    """One entry of the history as the API gives it."""
    return {
        "id": entry.id,
        "at": entry.at,
        "kind": _coded(EventKind, entry.kind),
        "event": entry.event,
        "verb": entry.verb,
        "title": title_of(entry),
        "from_status": entry.from_status,
        "to_status": entry.to_status,
        "actor": entry.actor_label,
        "organisation": entry.organisation_label,
        "note": entry.note,
        "payload": entry.payload,
    }


def rule_finding(actor: Actor, matter: HiddenDanger, kept: RuleFinding) -> dict[str, Any]:
    """A stored finding as the API gives it; who asked may lead to the reporter."""
    told = advice_of(kept)
    hidden = hides_reporter(actor, matter)
    return {
        "id": kept.id,
        "rule": kept.rule,
        "version": kept.version,
        "on": kept.on,
        "value": kept.value or None,
        "label": told.finding.label,
        "asked_at": kept.asked_at,
        "asked_by": None if hidden else told.asked_by,
        "asked_for": None if hidden else told.asked_for,
        "sha256": kept.sha256,
        "replay": replayed(kept),
        "finding": told.finding.as_json(),
    }
