"""Every verb × every status (and condition) × everybody: 404 outside the scope, 403 for a role or an
organisation that may not, 409 for a wrong state or an unmet condition, and otherwise the move of the table.

The expectation is written from DOMAIN §4, not asked from the policies. What is refused leaves nothing behind.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection, transaction

from anlan.authz.scope import acting
from anlan.hidden_dangers.commands import COMMANDS
from anlan.hidden_dangers.workflow import PROCESS
from anlan.lib.refusals import Refusal
from tests.factories.matters import in_days
from tests.factories.world import (
    ANONYMOUS,
    EVERYONE,
    STAGES,
    World,
    names,
    the_world,  # noqa: F401 - the fixture
)

OFFICES = names("city county other")
DEPARTMENTS = names("dept dept2 fire market other_dept")
TOWNS = names("town town2")
FIRMS = names("firm firm2 other_firm")
SCREEN = OFFICES | DEPARTMENTS | TOWNS | {"special"}
LEAD = DEPARTMENTS | TOWNS | {"village"}
RECTIFY = FIRMS | {"village"}


@dataclass(frozen=True)
class Rule:
    """``may``: whose role has the verb. ``turn``: who acts for the right organisation. ``moves``: from → to."""

    may: frozenset[str]
    turn: frozenset[str]
    moves: dict[str, str]
    waits_for_decision: bool = False
    """Whether it is held back while somebody has proposed 重大."""


def _same(*statuses: str) -> dict[str, str]:
    return {status: status for status in statuses}


UNDER_WAY = ("REGISTERED", "CONFIRMED", "DISPATCHED", "RECTIFYING")
EVERY = sorted({status for status, _ in STAGES.values()})
TOWN, FIRE, PARTY = names("town"), names("fire"), names("firm dept2")
DISMISSED_BY = {"REGISTERED": "DISMISSED"}
TERMINABLE = (*UNDER_WAY, "RETURNED_TO_REPORTER", "SUSPENDED", "SUBMITTED")

RULES = {
    "register": Rule(EVERYONE, names("village"), {"RETURNED_TO_REPORTER": "REGISTERED"}),
    "return_to_reporter": Rule(SCREEN, TOWN, {"REGISTERED": "RETURNED_TO_REPORTER"}),
    "dismiss": Rule(SCREEN, TOWN, DISMISSED_BY),
    "merge_duplicate": Rule(SCREEN, TOWN, {"REGISTERED": "MERGED"}),
    "report_up": Rule(SCREEN, TOWN, _same("REGISTERED"), waits_for_decision=True),
    "confirm": Rule(SCREEN, TOWN, {"REGISTERED": "CONFIRMED"}, waits_for_decision=True),
    "fix_on_the_spot": Rule(
        SCREEN | {"village"},
        names("village town"),
        {"REGISTERED": "SUBMITTED", "CONFIRMED": "SUBMITTED"},
        waits_for_decision=True,
    ),
    "propose_major": Rule(SCREEN, names("town dept2"), _same(*UNDER_WAY)),
    "confirm_major": Rule(DEPARTMENTS, FIRE, {**_same(*UNDER_WAY), "REGISTERED": "CONFIRMED"}),
    "refuse_major": Rule(DEPARTMENTS, FIRE, _same(*UNDER_WAY)),
    "dispatch": Rule(SCREEN, TOWN, {"CONFIRMED": "DISPATCHED"}, waits_for_decision=True),
    "redispatch": Rule(SCREEN, TOWN, {"CONFIRMED": "DISPATCHED"}, waits_for_decision=True),
    "designate": Rule(SCREEN, TOWN, {"CONFIRMED": "DISPATCHED"}, waits_for_decision=True),
    "bounce": Rule(LEAD, names("dept2"), {"DISPATCHED": "CONFIRMED"}),
    "acknowledge": Rule(LEAD, names("dept2"), {"DISPATCHED": "RECTIFYING"}),
    "fill_five": Rule(LEAD | RECTIFY, PARTY, _same("RECTIFYING")),
    "request_extension": Rule(LEAD | RECTIFY, PARTY, _same("RECTIFYING")),
    "approve_extension": Rule(SCREEN, TOWN, _same("RECTIFYING")),
    "refuse_extension": Rule(SCREEN, TOWN, _same("RECTIFYING")),
    "request_suspension": Rule(LEAD | RECTIFY, PARTY, _same("RECTIFYING")),
    "approve_suspension": Rule(SCREEN, TOWN, {"RECTIFYING": "SUSPENDED"}),
    "refuse_suspension": Rule(SCREEN, TOWN, _same("RECTIFYING")),
    "resume": Rule(SCREEN | RECTIFY, PARTY | TOWN, {"SUSPENDED": "RECTIFYING"}),
    "submit_rectification": Rule(
        LEAD | RECTIFY, names("firm"), {"RECTIFYING": "SUBMITTED"}, waits_for_decision=True
    ),
    "return": Rule(SCREEN, TOWN, {"SUBMITTED": "RECTIFYING"}),
    "accept_rectification": Rule(SCREEN, TOWN, {"SUBMITTED": "CLOSED"}),
    "close": Rule(SCREEN, TOWN, {"ACCEPTED": "CLOSED"}),
    # whoever accepted does not look back, and here the same person would
    "look_back": Rule(SCREEN, frozenset(), _same("CLOSED")),
    "withdraw": Rule(SCREEN | RECTIFY, EVERYONE, _same(*EVERY)),
    "correct": Rule(SCREEN, TOWN, _same(*EVERY)),
    "terminate": Rule(SCREEN, TOWN, dict.fromkeys(TERMINABLE, "TERMINATED")),
}  # fmt: skip

STEPS_BACK = {
    # who did the last act that can be taken back, and where that leads
    "registered_proposed": ("town", "REGISTERED"),
    "returned": ("town", "REGISTERED"),
    "dismissed": ("town", "REGISTERED"),
    "confirmed": ("town", "REGISTERED"),
    "confirmed_proposed": ("town", "CONFIRMED"),
    "dispatched": ("town", "CONFIRMED"),
    "dispatched_proposed": ("town", "DISPATCHED"),
    "rectifying": ("dept2", "DISPATCHED"),
    "rectifying_proposed": ("town", "RECTIFYING"),
    "rectifying_major_bare": ("dept2", "DISPATCHED"),
    "submitted": ("firm", "RECTIFYING"),
    "submitted_major": ("firm", "RECTIFYING"),
    "closed": ("town", "SUBMITTED"),
    "terminated": ("town", "RECTIFYING"),
}
FORCED = {"merged", "accepted"}
"""Statuses no act left the matter in: what the last act was, its history does not say."""

ATTACH_OR_OPEN = {"submit_rectification", "accept_rectification", "fix_on_the_spot", "look_back"}
"""Verbs that attach evidence or open another matter: more entries in the ledger than steps in the history."""

STRANGERS = names("dept firm2 other_dept other_firm")
OVER_HTTP = names("town other") | {ANONYMOUS}
"""Whose cells go through the whole stack; the others' go straight to the command, which is what the API calls."""


@dataclass(frozen=True)
class Answer:
    status: int
    code: str = ""
    to: str = ""


def expected(stage: str, verb: str, who: str) -> Answer:
    """What DOMAIN §4 says."""
    status, sees = STAGES[stage]
    rule = RULES[verb]
    if who == ANONYMOUS:
        return Answer(401, "sign_in_required")
    if who not in sees:
        return Answer(404, "not_found")
    if who not in rule.may:
        return Answer(403, "forbidden")
    if status not in rule.moves:
        return Answer(409, "wrong_state")
    if verb == "withdraw":
        return _step_back(stage, who)
    proposed, major = stage.endswith("proposed"), "major" in stage
    if verb in ("confirm_major", "refuse_major") and not proposed:
        return Answer(409, "not_proposed")
    turn = FIRE if major and verb in ("return", "accept_rectification") else rule.turn
    if verb == "propose_major" and status in ("REGISTERED", "CONFIRMED"):
        turn = TOWN
    if who not in turn:
        return Answer(403)
    return _unmet(stage, verb, who, proposed=proposed, major=major) or Answer(200, to=rule.moves[status])


def _step_back(stage: str, who: str) -> Answer:
    if stage not in STEPS_BACK:
        return Answer(409, "nothing_to_withdraw")
    last, to = STEPS_BACK[stage]
    return Answer(200, to=to) if who == last else Answer(403, "not_your_step")


def _unmet(stage: str, verb: str, who: str, *, proposed: bool, major: bool) -> Answer | None:
    """The condition that does not hold, if any."""
    if proposed and (RULES[verb].waits_for_decision or verb == "propose_major"):
        return Answer(409, "major_pending")
    asked = stage == "rectifying_asked"
    codes = {
        "propose_major": "already_major" if major else "",
        "redispatch": "not_bounced",
        "designate": "not_bounced",
        "approve_extension": "nothing_requested",
        "refuse_extension": "nothing_requested",
        "approve_suspension": "" if asked else "nothing_requested",
        "refuse_suspension": "" if asked else "nothing_requested",
        "request_suspension": "suspension_pending" if asked else "",
        "submit_rectification": "suspension_pending" if asked else "five_incomplete" if "bare" in stage else "",
    }
    return Answer(409, codes[verb]) if codes.get(verb) else None


def payload(world: World, stage: str, verb: str, who: str) -> dict[str, Any]:
    """What the verb needs, complete."""
    lead = str(world.actor("dept2").organisation_id)
    photo, report = (str(one) for one in world.uploads.get(who, world.uploads["town"]))
    to = {"lead": lead, "due_on": str(in_days(9))}
    payloads: dict[str, dict[str, Any]] = {
        "register": {"description": "补拍", "source": "GRID_PATROL", "place": "东侧"},
        "merge_duplicate": {"into": str(world.stages["confirmed"].id)},
        "confirm": {"cause": "STATE"},
        "fix_on_the_spot": {"note": "当场清理", "after": [photo], "cause": "STATE"},
        "confirm_major": {"clause": "判定标准第三条", "cause": "STATE"},
        "dispatch": to,
        "redispatch": {**to, "lead": str(world.actor("dept").organisation_id)},
        "designate": to,
        "acknowledge": {},
        "fill_five": {"plan": "用防火墙分隔"},
        "request_extension": {"until": str(in_days(30)), "reason": "备件未到"},
        "approve_extension": {},
        "request_suspension": {"controls": "停用", "review_on": str(in_days(9))},
        "approve_suspension": {},
        "resume": {},
        "submit_rectification": {"note": "已清理", "photos": [photo]},
        "accept_rectification": {"note": "到位", "photos": [photo], "report": [report], "officers": ["甲", "乙"]},
        "close": {},
        "look_back": {"result": "HELD", "note": "没有复发"},
        "withdraw": {},
        "correct": {"field": "place", "value": "西侧", "reason": "写错了"},
    }
    return {"verb": verb, **payloads.get(verb, {"reason": "理由"})}


def cells(stage: str) -> Iterator[tuple[str, str]]:
    """All verbs for everybody; those who are strangers in every stage alike are asked in one."""
    people = EVERYONE | {ANONYMOUS} if stage == "rectifying" else EVERYONE - STRANGERS
    for verb in PROCESS.verbs:
        if not (verb == "withdraw" and stage in FORCED):
            yield from ((verb, who) for who in sorted(people))


def test_every_verb_has_its_rule_and_every_rule_its_verb():
    assert set(RULES) == set(PROCESS.verbs)


def test_the_moves_are_those_of_the_table():
    for verb, rule in RULES.items():
        rows = {status: row.leads_to(status) for row in PROCESS.rows_of(verb) for status in row.sources if status}
        if verb == "accept_rectification":
            rows = dict.fromkeys(rows, "CLOSED")  # closing follows in the same act
        statuses = set(EVERY)
        assert rule.moves == {status: to for status, to in rows.items() if status in statuses}, verb


def test_every_status_has_a_stage():
    assert {status for status, _ in STAGES.values()} == set(PROCESS.statuses.values)


def test_there_are_enough_cells():
    assert sum(1 for stage in STAGES for _ in cells(stage)) >= 7000


@pytest.mark.django_db
@pytest.mark.parametrize("stage", STAGES)
def test_stage(world, stage):
    before = trace(world, stage)
    wrong: list[str] = []
    for verb in PROCESS.verbs:
        mine = [(who, expected(stage, verb, who)) for name, who in cells(stage) if name == verb]
        refused = [(who, answer) for who, answer in mine if answer.status != 200]
        wrong += try_refusals(world, stage, verb, refused, before)
        for who, answer in mine:
            if answer.status == 200:
                wrong += try_move(world, stage, verb, who, answer, before)
    assert wrong == []


@pytest.mark.django_db
def test_a_wrong_expectation_is_found(world):
    before = trace(world, "registered")
    assert try_move(world, "registered", "close", "town", Answer(200, to="CLOSED"), before)
    assert try_move(world, "registered", "dismiss", "town", Answer(200, to="REGISTERED"), before)
    assert not try_move(world, "registered", "dismiss", "town", Answer(200, to="DISMISSED"), before)
    assert len(try_refusals(world, "registered", "dismiss", [("town", Answer(403))], before)) == 2  # and it changed
    assert try_refusals(world, "registered", "dismiss", [("firm2", Answer(403))], before)


def try_refusals(
    world: World, stage: str, verb: str, refused: list[tuple[str, Answer]], before: tuple[Any, ...]
) -> list[str]:
    """What is wrong with these answers or with what they left behind."""
    wrong = []
    with transaction.atomic():
        for who, answer in refused:
            status, code, detail, _ = ask(world, stage, verb, who)
            if status != answer.status or (answer.code and code != answer.code):
                wrong.append(f"{verb} as {who}: {status} {code} {detail}, expected {answer}")
        after = trace(world, stage)
        transaction.set_rollback(True)
    if after != before:
        wrong.append(f"{verb} was refused, but changed {before} to {after}")
    return wrong


def try_move(world: World, stage: str, verb: str, who: str, answer: Answer, before: tuple[Any, ...]) -> list[str]:
    with transaction.atomic():
        status, code, detail, to = ask(world, stage, verb, who)
        after = trace(world, stage)
        transaction.set_rollback(True)
    if status != 200 or answer.to not in (to, after[0]) or to != after[0]:
        return [f"{verb} as {who}: {status} {code} {detail}, {before[0]} to {after[0]}, expected {answer}"]
    version, history, ledger = (now - then for now, then in zip(after[1:], before[1:], strict=True))
    # what happened stands once in the history and once in the ledger; evidence has a ledger entry of its own
    extra = ledger - history
    if version < 1 or version != history or extra not in ((0, 1, 2) if verb in ATTACH_OR_OPEN else (0,)):
        return [f"{verb} as {who}: version, history, ledger moved by {version}, {history}, {ledger}"]
    return []


def ask(world: World, stage: str, verb: str, who: str) -> tuple[int, str, str, str]:
    """Status, code, detail and the status it is in now: over the API for some, straight at the command for others."""
    sent = payload(world, stage, verb, who)
    matter_id = world.stages[stage].id
    if who in OVER_HTTP:
        url = f"/api/v1/hidden-dangers/{matter_id}/transitions"
        response = world.client(who).post(url, sent, content_type="application/json")
        body = response.json()
        to = body["status"]["code"] if response.status_code == 200 else ""
        return response.status_code, body.get("code", ""), body.get("detail", ""), to
    actor = world.actor(who)
    try:
        with acting(actor):
            moved = COMMANDS[verb].model_validate(sent).run(actor, matter_id)
    except Refusal as refusal:
        return refusal.status, refusal.code, refusal.reason, ""
    return 200, "", "", moved.status


def trace(world: World, stage: str) -> tuple[Any, ...]:
    """Status, version, length of the history, and the length of the whole ledger."""
    with acting(world.everything), connection.cursor() as cursor:
        cursor.execute(
            """SELECT status, version, (SELECT count(*) FROM processes_event WHERE subject_id = m.id),
                      (SELECT count(*) FROM ledger_ledgerentry)
                 FROM hidden_dangers_hiddendanger m WHERE id = %s""",
            [world.stages[stage].id],
        )
        row: tuple[Any, ...] = cursor.fetchone()
    return row
