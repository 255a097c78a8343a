"""Every transition table is total: nothing unreachable, no dead end, one stem for every verb, a policy and a payload for each."""

import pytest

from anlan.authz.permissions import LABELS, Permission
from anlan.authz.roles import ROLES
from anlan.hidden_dangers import policies
from anlan.hidden_dangers.choices import Status
from anlan.hidden_dangers.commands import COMMANDS
from anlan.hidden_dangers.messages import TELLINGS
from anlan.hidden_dangers.terms import TERMS
from anlan.hidden_dangers.workflow import PROCESS
from anlan.processes.api import NEW, PROCESSES

FINAL = {Status.DISMISSED, Status.MERGED, Status.CLOSED, Status.TERMINATED}
LATER: set[str] = set()


@pytest.mark.parametrize("process", PROCESSES.values(), ids=lambda process: process.subject_type)
def test_every_source_and_target_is_a_status(process):
    known = {NEW, *process.statuses.values}
    for transition in process.transitions:
        assert {*transition.sources, transition.target} <= known, transition.verb


def test_every_status_is_reached_and_only_final_ones_are_dead_ends():
    reached = {NEW}
    while True:
        further = {t.leads_to(s) for t in PROCESS.transitions for s in t.sources if s in reached} - reached
        if not further:
            break
        reached |= further
    assert set(PROCESS.statuses.values) - reached == LATER
    moving = [t for t in PROCESS.transitions if t.target]
    stuck = {s for s in PROCESS.statuses.values if not any(s in t.sources for t in moving)}
    assert stuck == FINAL


def test_a_verb_has_one_row_for_a_status():
    for verb in PROCESS.verbs:
        sources = [source for row in PROCESS.rows_of(verb) for source in row.sources]
        assert len(sources) == len(set(sources)), verb


@pytest.mark.parametrize("verb", PROCESS.verbs)
def test_one_stem_everywhere(verb):
    row = PROCESS.rows_of(verb)[0]
    assert row.permission == f"hidden_danger.{verb}"
    assert row.permission.name == f"HIDDEN_DANGER_{verb.upper()}"
    assert callable(policies.checker(verb))
    assert COMMANDS[verb].model_fields["verb"].annotation.__args__ == (verb,)


@pytest.mark.parametrize("verb", PROCESS.verbs)
def test_somebody_may_do_it(verb):
    permission = PROCESS.rows_of(verb)[0].permission
    assert any(permission in role.permissions for role in ROLES.values() if role.code != "SYSTEM")


def test_every_permission_has_a_label():
    assert set(LABELS) == set(Permission)


def test_every_deadline_is_opened_and_ended():
    for kind in PROCESS.deadlines:
        assert any(kind in t.opens for t in PROCESS.transitions), kind
        assert any(kind in (*t.meets, *t.cancels) for t in PROCESS.transitions), kind
        assert TERMS[kind].article
        assert TERMS[kind].source


def test_every_rung_tells_somebody():
    for _, step in PROCESS.steps():
        assert step.event in TELLINGS


def test_messages_are_about_real_events():
    assert set(TELLINGS) <= set(PROCESS.events())
