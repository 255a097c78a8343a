"""Indicators and counted rows as the API and the pages say them."""

from collections.abc import Sequence
from typing import Any

from anlan.authz.actors import Actor
from anlan.inspections.api import SelfCheckFinding
from anlan.oversight.catalogue import KINDS, SPLITS, Indicator, Measure, narrows_for, splits_for
from anlan.oversight.selectors import Figure, Part


def declaration(actor: Actor, one: Indicator) -> dict[str, Any]:
    """What the indicator is, as far as this actor may split and narrow it."""
    return {
        "code": one.code,
        "name": one.name,
        "formula": one.formula,
        "unit": one.unit,
        "kind": one.kind.value,
        "kind_label": KINDS[one.kind],
        "numerator_name": side_name(one.numerator),
        "denominator_name": side_name(one.denominator) if one.denominator else None,
        "splits": [
            {"code": split, "label": SPLITS[split], "is_partition": one.is_partition(split)}
            for split in splits_for(actor, one)
        ],
        "filters": ["region", *narrows_for(actor, one)],
        "source": one.source,
    }


def side_name(measures: Sequence[Measure]) -> str:
    return "、".join(measure.name for measure in measures)


def figure(found: Figure) -> dict[str, Any]:
    value = found.value
    return {
        "value": None if value is None else float(value),
        "numerator": found.numerator,
        "denominator": found.denominator,
    }


def part(one: Part) -> dict[str, Any]:
    return {"key": one.key, "label": one.label, **figure(one.figure)}


def row(kind: str, record: Any) -> dict[str, Any]:
    """A counted record in a line."""
    return {"id": str(record.id), "kind": kind, **ROWS[kind](record)}


def _matter(matter: Any) -> dict[str, Any]:
    return {
        "number": matter.number,
        "title": matter.description,
        "region": matter.region.name,
        "status": matter.status,
        "status_label": matter.get_status_display(),
        "at": matter.registered_at,
    }


def _check(check: Any) -> dict[str, Any]:
    return {
        "number": check.number,
        "title": check.enterprise.name if check.enterprise else check.place,
        "region": check.region.name,
        "status": check.act_class,
        "status_label": check.get_act_class_display(),
        "at": check.started_at,
    }


def _enterprise(enterprise: Any) -> dict[str, Any]:
    return {
        "number": enterprise.number,
        "title": enterprise.name,
        "region": enterprise.region.name,
        "status": enterprise.status,
        "status_label": enterprise.get_status_display(),
        "at": enterprise.registered_at,
    }


def _self_finding(finding: SelfCheckFinding) -> dict[str, Any]:
    check = finding.check_record
    return {
        "number": check.number,
        "title": finding.description,
        "region": check.region.name,
        "status": finding.state,
        "status_label": finding.get_state_display(),
        "at": check.filed_at,
    }


ROWS = {
    "hidden_danger": _matter,
    "check": _check,
    "enterprise": _enterprise,
    "self_check_finding": _self_finding,
}
