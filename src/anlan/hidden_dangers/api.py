"""The loop's door for other slices."""

from typing import Any
from uuid import UUID

from anlan.authz.actors import Actor
from anlan.hidden_dangers.actions import ask_rule, direct, register
from anlan.hidden_dangers.actions.advising import MAJOR_RULE
from anlan.hidden_dangers.actions.chronicle import (
    PART_COLUMNS,
    Evidence,
    MatterChronicle,
    Numbers,
    Spot,
    columns_of,
)
from anlan.hidden_dangers.actions.copying import insert_all, read_back, update_all, values_of
from anlan.hidden_dangers.actions.imported_rows import Names as LedgerNames
from anlan.hidden_dangers.actions.imported_rows import Where
from anlan.hidden_dangers.actions.registration import Find
from anlan.hidden_dangers.advice import STANDARDS, advice_of, replayed
from anlan.hidden_dangers.case_page import CasePage, case_page
from anlan.hidden_dangers.choices import ESTABLISHED_STATUSES, HandlingMode, Level, PartyKind, Source, Status
from anlan.hidden_dangers.commands import COMMANDS
from anlan.hidden_dangers.following import follow_matter
from anlan.hidden_dangers.forms.filters import query_of
from anlan.hidden_dangers.forms.places import Chosen, Place, PlaceField, chosen_place, places_matching, starting_place
from anlan.hidden_dangers.holds import hold_open
from anlan.hidden_dangers.models import HiddenDanger
from anlan.hidden_dangers.policies import (
    acceptor,
    check_can_ask_rule,
    may_read_findings,
    party_organisation,
    puts_right,
)
from anlan.hidden_dangers.presenters import party_name
from anlan.hidden_dangers.querysets import AWAITING_RECTIFICATION, HiddenDangerQuerySet
from anlan.hidden_dangers.rows import COLUMNS, Row, name_together, rows_of
from anlan.hidden_dangers.selectors import (
    Filters,
    FromAbove,
    counts,
    counts_by_region,
    hidden_danger,
    hidden_danger_in_brief,
    hidden_danger_to_show,
    hidden_dangers,
    overdue_by_lead,
    rule_finding,
)
from anlan.hidden_dangers.workflow import PROCESS, TRAVELLED

__all__ = [
    "AWAITING_RECTIFICATION",
    "COLUMNS",
    "COMMANDS",
    "ESTABLISHED_STATUSES",
    "MAJOR_RULE",
    "PART_COLUMNS",
    "PROCESS",
    "STANDARDS",
    "TRAVELLED",
    "CasePage",
    "Chosen",
    "Evidence",
    "Filters",
    "Find",
    "FromAbove",
    "HandlingMode",
    "HiddenDanger",
    "HiddenDangerQuerySet",
    "LedgerNames",
    "Level",
    "MatterChronicle",
    "Numbers",
    "PartyKind",
    "Place",
    "PlaceField",
    "Row",
    "Source",
    "Spot",
    "Status",
    "Where",
    "acceptor",
    "act",
    "advice_of",
    "ask_rule",
    "case_page",
    "check_can_ask_rule",
    "chosen_place",
    "columns_of",
    "counts",
    "counts_by_region",
    "direct",
    "follow_matter",
    "hidden_danger",
    "hidden_danger_in_brief",
    "hidden_danger_to_show",
    "hidden_dangers",
    "hold_open",
    "insert_all",
    "may_read_findings",
    "name_together",
    "overdue_by_lead",
    "party_name",
    "party_organisation",
    "places_matching",
    "puts_right",
    "query_of",
    "read_back",
    "register",
    "replayed",
    "rows_of",
    "rule_finding",
    "starting_place",
    "update_all",
    "values_of",
]


def act(actor: Actor, hidden_danger_id: UUID, verb: str, **payload: Any) -> HiddenDanger:
    """Move a matter by a verb with its payload (`commands`). Raises a Refusal."""
    return COMMANDS[verb](verb=verb, **payload).run(actor, hidden_danger_id)
