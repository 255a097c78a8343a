"""Asking a rule about a matter. The rule advises; the department decides (DOMAIN §4)."""

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from anlan.authz.actors import Actor
from anlan.hidden_dangers.models import HiddenDanger, RuleFinding
from anlan.hidden_dangers.policies import check_can_ask_rule
from anlan.hidden_dangers.selectors import load_organisations, rule_findings
from anlan.hidden_dangers.workflow import PROCESS, RULE_ASKED
from anlan.lib import clock
from anlan.lib.refusals import Invalid
from anlan.processes import api as processes
from anlan.rules import Finding, RuleError, evaluate

MAJOR_RULE = "major_hidden_danger"
"""The rule of 重大判定."""


def ask_rule(
    *, actor: Actor, hidden_danger_id: UUID, facts: Mapping[str, Any], rule: str = MAJOR_RULE, on: date | None = None
) -> RuleFinding:
    """Keep what ``rule`` says to ``facts`` under the law of ``on`` (today) with the matter.

    Raises NotInScope (404), Forbidden (403), Refused (409), Invalid (422) for facts the rule cannot read.
    """
    with transaction.atomic():
        matter: HiddenDanger = HiddenDanger.objects.lock_visible(actor, id=hidden_danger_id)
        load_organisations(matter)
        check_can_ask_rule(actor, matter)
        finding = _evaluated(rule, facts, on or clock.today())
        content = finding.canonical()
        kept = RuleFinding.objects.create(
            hidden_danger=matter,
            region_path=matter.region_path,
            rule=finding.rule,
            version=finding.version,
            on=finding.on,
            value=finding.value or "",
            content=content,
            sha256=hashlib.sha256(content.encode()).hexdigest(),
            asked_at=clock.now(),
            asked_by_id=actor.user_id,  # type: ignore[misc]  # only people ask: the permission is no machine's
            asked_for_id=actor.organisation_id,
        )
        payload = {name: getattr(kept, name) for name in ("rule", "version", "on", "value")}
        processes.put_down(
            actor=actor,
            process=PROCESS,
            subject=matter,
            name=RULE_ASKED,
            payload={**payload, "finding": kept.id, "finding_sha256": kept.sha256},
        )
        return kept


def named_finding(matter: HiddenDanger, finding_id: UUID | None) -> UUID | None:
    """The finding that a decision names, which must be of its matter: Invalid (422) otherwise."""
    if finding_id is not None and not rule_findings(matter).filter(id=finding_id, rule=MAJOR_RULE).exists():
        raise Invalid.at("/finding", "这件隐患没有这一次规则判断。")
    return finding_id


def _evaluated(rule: str, facts: Mapping[str, Any], on: date) -> Finding:
    if on > clock.today():
        raise Invalid.at("/on", "法定日期不能晚于今天。")
    try:
        return evaluate(rule, facts, on=on)
    except RuleError as error:
        pointer = error.pointer if error.pointer == "/on" else f"/facts{error.pointer}"
        raise Invalid.at(pointer, f"{error.message}。") from error
