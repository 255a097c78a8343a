"""规则: what rules there are, and a trial of each — the reasoning as a table, to be printed. Nothing is kept."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from anlan.authz.permissions import Permission
from anlan.desk import rule_form
from anlan.desk.rule_words import CODES, HEADS
from anlan.http.api import ActingRequest, requires
from anlan.lib import clock
from anlan.rules import RULE_IDS, Finding, RuleError, evaluate, load
from anlan.rules.local import places
from anlan.rules.major_hidden_danger.rule import asked_of, parts_of, standard_of
from anlan.rules.params import Parameters
from anlan.rules.registry import Rule
from anlan.rules.wire import dumps, number_text

UNSHOWN = frozenset({"next_fact", "next_question"})
"""Figures that the page shows elsewhere."""
MOST_NAMED = 6
"""So many missing facts are named; the form shows the others."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A named figure, as a word or as a small table."""

    label: str
    text: str
    heads: list[str]
    rows: list[list[str]]


@require_GET
@requires(Permission.RULE_VIEW)
def rule_list(request: ActingRequest) -> HttpResponse:
    """Every rule with its versions and what is not verified."""
    rules = [_line(*load(rule_id)) for rule_id in RULE_IDS]
    return render(request, "desk/rules.html", {"rules": rules})


@require_GET
@requires(Permission.RULE_VIEW)
def rule_trial(request: ActingRequest, rule_id: str) -> HttpResponse:
    """A form of the facts; with a date in the address, the finding under the law of that day."""
    if rule_id not in RULE_IDS:
        raise Http404
    rule, parameters = load(rule_id)
    sent = request.GET.dict()
    context: dict[str, Any] = {
        "rule": rule,
        "versions": parameters.versions,
        "sources": parameters.sources.values(),
        "places": places(rule_id),
        "parts": rule_form.parts(rule.facts, sent, _worth_asking(rule, sent)),
        "on": sent.get("on", "")[:10] or clock.today().isoformat(),
    }
    if "on" in sent:
        try:
            finding = evaluate(rule_id, rule_form.facts_of(rule.facts, sent), on=context["on"])
            context |= shown(rule, finding)
        except RuleError as error:
            context |= {"error": error, "where": _named(rule, error.pointer)}
    return render(request, "desk/rule.html", context)


def shown(rule: Rule, finding: Finding, unshown: frozenset[str] = frozenset()) -> dict[str, Any]:
    """What ``desk/_rule_finding.html`` shows of a finding, without the figures that its page shows elsewhere."""
    return {
        "finding": finding,
        "figures": _figures(rule, finding, UNSHOWN | unshown),
        "lacking": _lacking(rule, finding),
        "doubts": list(dict.fromkeys(doubt["text"] for doubt in finding.unverified)),
    }


def _line(rule: Rule, parameters: Parameters) -> dict[str, Any]:
    reasons = [source["unverified"] for source in parameters.sources.values() if "unverified" in source]
    checked = parameters.checked_on
    return {"rule": rule, "versions": parameters.versions, "unverified": reasons, "checked": checked}


def _worth_asking(rule: Rule, sent: dict[str, str]) -> frozenset[str] | None:
    """Of hidden dangers, what the chosen sector's standard of the day asks; nothing before one is chosen."""
    if rule.id != "major_hidden_danger":
        return None
    law = standard_of(sent.get("f.sector", ""), rule_form.day_of(sent))
    return frozenset(name for _, name in asked_of(law, parts_of(law))) if law else frozenset()


def _figures(rule: Rule, finding: Finding, unshown: frozenset[str]) -> list[Figure]:
    words = _codes_of(rule)
    named = ((label, finding.figures[name]) for name, label in rule.figures.items() if name not in unshown)
    return [_figure(label, value, words) for label, value in named if value is not None]


def _codes_of(rule: Rule) -> dict[str, str]:
    """The words for codes: what the rule calls its values and its facts comes first."""
    words = {**CODES, **rule.values}
    for one in rule.facts.values():
        words |= one.codes or {}
        words |= {name: inner.label for name, inner in (one.fields or {}).items()}
    return {**words, **CODES}


def _figure(label: str, value: Any, words: dict[str, str]) -> Figure:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        heads = [head for head in value[0] if any(row.get(head) not in (None, []) for row in value)]
        rows = [[_word(row.get(head), words) for head in heads] for row in value]
        return Figure(label, "", [HEADS.get(head, head) for head in heads], rows)
    if isinstance(value, dict):
        heads = [str(words.get(head, head)) for head in value]
        return Figure(label, "", heads, [[_word(each, words) for each in value.values()]])
    return Figure(label, _word(value, words), [], [])


def _word(value: Any, words: dict[str, str]) -> str:
    """A value as a person reads it; quotients are cut for the eye only."""
    match value:
        case None:
            return "—"
        case bool():
            return "是" if value else "否"
        case Fraction():
            return number_text(value)[:14]
        case date():
            return value.isoformat()
        case list():
            return "、".join(_word(each, words) for each in value) or "—"
        case str():
            return words.get(value) or value
    return dumps(value)


def _lacking(rule: Rule, finding: Finding) -> list[str]:
    named = [_named(rule, f"/{pointer}") for pointer in finding.unknown]
    return named if len(named) <= MOST_NAMED else [*named[:MOST_NAMED], f"等 {len(named)} 项"]


def _named(rule: Rule, pointer: str) -> str:
    """A pointer in the words of the form."""
    fields, words = rule.facts, []
    for step in pointer.strip("/").split("/"):
        if step.isdigit():
            words.append(f"第 {int(step) + 1} 项")
            continue
        one = fields.get(step)
        if one is None or one.codes is not None or not one.fields:
            words.append(one.label if one else step)
        fields = (one.fields or (one.of.fields if one.of else None) or {}) if one else {}
    return "，".join(word for word in words if word)
