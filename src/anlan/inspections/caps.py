"""行政检查频次: who inspected a site when, out of the records, and what the rule says of one more inspection."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, Q, When

from anlan.authz.actors import Actor
from anlan.inspections.choices import ActClass, InspectionKind
from anlan.inspections.models import CheckRecord
from anlan.lib import clock
from anlan.lib.refusals import Invalid
from anlan.organisations import api as organisations
from anlan.register.api import Site
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


def visits_to(actor: Actor, site: Site, on: date) -> Sequence[CheckRecord]:
    """The filed administrative inspections of a site that the actor sees, up to that day, the newest first, each with
    ``is_seen``: whether the actor may read the record itself.

    Every organ's count, for the question is how often the site was visited; of a record that the actor may not read
    only who and when may be said. Secret visits stay secret.
    """
    rows = CheckRecord.objects.filed().filter(site_id=site.id, act_class=ActClass.ADMINISTRATIVE_INSPECTION)
    rows = rows.started_between(on - LOOKED_BACK, on)
    seen = CheckRecord.objects.visible_to(actor).order_by().filter(site_id=site.id).values("id")
    rows = rows.annotate(is_seen=Case(When(id__in=seen, then=True), default=False)).filter(
        Q(is_seen=True) | Q(concealed=False)
    )
    return list(rows.select_related("organisation").order_by("-started_at", "-id"))


def cap_of(actor: Actor, site: Site, question: Question) -> Finding:
    """What the rule says, from the records; Invalid (422) for a word that it does not know."""
    facts: dict[str, Any] = {
        "organ": question.organ or organisations.organisation_of(actor).name,
        "region": site.region.code,
        "industry": question.industry or None,
        "standing": question.standing or None,
        "inspections": [_visit(check) for check in visits_to(actor, site, question.on)],
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
