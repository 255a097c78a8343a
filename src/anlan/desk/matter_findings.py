"""按标准判: the questions of a standard asked about one matter, the answer kept with it, and read again.

The rule advises; the department decides. The form is that of the rule's own page.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from anlan.authz.permissions import Permission
from anlan.desk import rule_form, rule_pages
from anlan.desk.rule_form import Control
from anlan.hidden_dangers import api as loop
from anlan.http.api import ActingRequest, requires
from anlan.lib import clock
from anlan.lib.refusals import Invalid, NotInScope
from anlan.rules import load
from anlan.rules.major_hidden_danger.rule import asked_of, standard_of, unanswered

REST = "rest"
"""The box that says: what was not answered was looked at and does not hold."""


@dataclass(frozen=True)
class Clause:
    """A clause of a standard with those of its questions that were not asked above."""

    number: str
    controls: list[Control]
    limits: list[str]


@require_http_methods(["GET", "POST"])
@requires(Permission.HIDDEN_DANGER_VIEW)
def ask(request: ActingRequest, hidden_danger_id: UUID) -> HttpResponse:
    """The questions, clause by clause; posted, the answer is kept and shown. Another standard reloads the page."""
    matter = loop.hidden_danger(request.actor, hidden_danger_id)
    loop.check_can_ask_rule(request.actor, matter)
    sent = (request.POST if request.method == "POST" else request.GET).dict()
    fitting = loop.STANDARDS.get(matter.sector, ())
    sent.setdefault("f.sector", next(iter(fitting), ""))
    context = {"matter": matter, "back": _case_url(matter.id), **_form(sent, fitting)}
    if request.method == "POST":
        try:
            kept = loop.ask_rule(
                actor=request.actor, hidden_danger_id=matter.id, facts=_facts(sent, context["day"]), on=context["day"]
            )
        except Invalid as refusal:
            return render(request, "desk/matter_ask.html", {**context, "refused": refusal.reason})
        messages.success(request, "已判，结论随这件隐患保存。")
        response = redirect("hidden_dangers:finding", matter.id, kept.id)
        response.status_code = 303
        return response
    return render(request, "desk/matter_ask.html", context)


@require_GET
@requires(Permission.HIDDEN_DANGER_VIEW)
def finding(request: ActingRequest, hidden_danger_id: UUID, finding_id: UUID) -> HttpResponse:
    """One stored finding, reckoned again under its own version while the page is made."""
    matter = loop.hidden_danger(request.actor, hidden_danger_id)
    if not loop.may_read_findings(request.actor, matter):
        raise NotInScope("规则判断")
    kept = loop.rule_finding(matter, finding_id)
    advice = loop.advice_of(kept)
    context = {
        "matter": matter,
        "kept": kept,
        "advice": advice,
        "asker_hidden": request.actor.is_enterprise and request.actor.organisation_id != matter.reporter_id,
        "is_same": loop.replayed(kept) == "same",
        "back": _case_url(matter.id),
        **rule_pages.shown(load(kept.rule)[0], advice.finding),
    }
    return render(request, "desk/matter_finding.html", context)


def _form(sent: dict[str, str], fitting: Any) -> dict[str, Any]:
    rule, _ = load(loop.MAJOR_RULE)
    day = rule_form.day_of(sent)
    whole = {control.name: control for part in rule_form.parts(rule.facts, sent) for control in part.controls}
    standard = whole["f.sector"]
    standard.label, names = "判定标准", list(fitting)
    standard.options.sort(key=lambda option: names.index(option[0]) if option[0] in names else len(names))
    law = standard_of(sent.get("f.sector", ""), day)
    return {
        "day": day,
        "today": clock.today(),
        "standard": standard,
        "document": law["cite"].document if law else "",
        "clauses": _clauses(law, whole) if law else [],
        "rest": REST in sent,
    }


def _clauses(law: dict[str, Any], controls: dict[str, Control]) -> list[Clause]:
    """Each clause with its questions and measures that were not asked above, and the limits of its measures."""
    clauses, above = [], set()
    for number, alternatives in law["clauses"].items():
        parts = list(dict.fromkeys(part.lstrip("!") for together in alternatives for part in together))
        asked = [name for name in asked_of(law, parts) if name not in above]
        above.update(asked)
        limits = [law["conditions"][part]["text"] for part in parts if part in law.get("conditions", {})]
        if asked:
            clauses.append(Clause(number, [controls[f"f.{kind}.{name}"] for kind, name in asked], limits))
    return clauses


def _facts(sent: dict[str, str], day: date) -> dict[str, Any]:
    """What was answered; with the box ticked, whatever is not known does not hold."""
    rule, _ = load(loop.MAJOR_RULE)
    facts = rule_form.facts_of(rule.facts, sent)
    law = standard_of(sent.get("f.sector", ""), day)
    if law and REST in sent:
        given = facts.get("facts", {})
        facts["facts"] = {**dict.fromkeys(unanswered(law, given, facts.get("measured", {})), False), **given}
    return facts


def _case_url(hidden_danger_id: UUID) -> str:
    return reverse("hidden_dangers:case", args=[hidden_danger_id])
