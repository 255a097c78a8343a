"""行政检查频次: who inspected a site, or another supervised object, when, out of the records, and what the rule says of one more inspection."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from anlan.authz.actors import Actor
from anlan.inspections import selectors
from anlan.inspections.choices import InspectionKind
from anlan.inspections.models import CheckRecord
from anlan.lib import clock
from anlan.lib.refusals import Invalid
from anlan.organisations import api as organisations
from anlan.register.api import Site, SupervisedObject
from anlan.rules import Finding, RuleError, evaluate

RULE = "inspection_cap"
LOOKED_BACK = timedelta(days=731)
"""Longer than any period that a cap counts."""


@dataclass(frozen=True)
class Question:
    """May ``organ`` (the actor's own when empty) go once more on that day? The site's industry and standing pick the
    cap where several are published."""

    on: date
    organ: str = ""
    industry: str = ""
    standing: str = ""


def visits_to(actor: Actor, spot: Site | SupervisedObject, on: date) -> Sequence[CheckRecord]:
    """The administrative inspections of it up to that day, with ``is_seen``; the newest first."""
    return list(selectors.inspections_of(actor, spot, on - LOOKED_BACK, on))


def cap_of(actor: Actor, spot: Site | SupervisedObject, question: Question) -> Finding:
    """What the rule says, from the records; Invalid (422) for a word that it does not know."""
    facts: dict[str, Any] = {
        "organ": question.organ or organisations.organisation_of(actor).name,
        "region": spot.region.code,
        "industry": question.industry or None,
        "standing": question.standing or None,
        "inspections": [_visit(check) for check in visits_to(actor, spot, question.on)],
    }
    known = {name: value for name, value in facts.items() if value is not None}
    try:
        return evaluate(RULE, known, on=question.on)
    except RuleError as error:
        raise Invalid.at(error.pointer, f"{error.message}。") from error


def _visit(check: CheckRecord) -> dict[str, Any]:
    return {
        "on": clock.legal_date(check.started_at).isoformat(),
        "organ": check.organisation.name,
        "counted": check.inspection_kind != InspectionKind.INDIVIDUAL,
    }
