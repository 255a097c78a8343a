"""One word for one thing, everywhere, and in Chinese."""

import re
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db.models import Choices

from anlan.authz.permissions import LABELS
from anlan.authz.roles import ROLES
from anlan.desk.context import PLACES
from anlan.hidden_dangers.choices import Level, Status
from anlan.hidden_dangers.forms.acts import FORMS
from anlan.hidden_dangers.messages import TELLINGS
from anlan.hidden_dangers.workflow import PROCESS
from anlan.http.problem import DETAILS, TITLES
from anlan.http.validation import MESSAGES
from anlan.ui.marks import LEVELS, STATUSES, Mark

CHINESE = re.compile(r"[\u4e00-\u9fff]")
NAMES_OF_THEIR_OWN = {"WGS-84", "CGCS2000", "GCJ-02", "BD-09"}


def differing(marks: Any, choices: type[Choices]) -> set[str]:
    """Codes whose mark says another word than the label, and codes only one of the two knows."""
    labels = {choice.value: choice.label for choice in choices}
    return {code for code in {*marks, *labels} if code not in marks or marks[code].word != labels.get(code)}


def test_a_status_has_one_word():
    assert differing(STATUSES, Status) == set()


def test_no_two_statuses_look_alike():
    looks = [(mark.word, mark.icon) for mark in STATUSES.values()]
    assert len({word for word, _ in looks}) == len({icon for _, icon in looks}) == len(looks)


def test_a_level_has_one_word():
    """The mark is the short form: 一般 for 一般隐患."""
    assert {code: LEVELS[code].word + "隐患" for code in Level.values} == {level.value: level.label for level in Level}


def test_the_comparison_can_fail():
    wrong = {**STATUSES, "CLOSED": Mark("已关闭", "green", "x"), "LOST": Mark("丢失", "grey", "y")}
    assert differing(wrong, Status) == {"CLOSED", "LOST"}


def words() -> Iterator[tuple[str, str]]:
    """Every word a person reads that stands in a table, with where it stands."""
    for place in PLACES:
        yield f"navigation {place[1]}", place[0]
    for transition in PROCESS.transitions:
        yield f"verb {transition.verb}", transition.label
        yield f"who of {transition.verb}", transition.who
    for kind, step in PROCESS.steps():
        yield f"deadline {kind.kind}", kind.label
        yield f"rung {step.event}", step.label
    yield from ((f"permission {permission}", text) for permission, text in LABELS.items())
    yield from ((f"role {role.code}", role.label) for role in ROLES.values())
    yield from ((f"message {event}", telling.title) for event, telling in TELLINGS.items())
    yield from ((f"problem {status}", text) for status, text in [*TITLES.items(), *DETAILS.items()])
    yield from ((f"validation {kind}", text) for kind, text in MESSAGES.items())
    for verb, form in FORMS.items():
        for name, field in form.base_fields.items():
            if name != "version":
                yield f"field {verb}.{name}", str(field.label)
    for model in apps.get_models():
        if model.__module__.startswith("anlan."):
            yield from _choices_of(model)


def _choices_of(model: Any) -> Iterator[tuple[str, str]]:
    for field in model._meta.get_fields():
        for _, text in getattr(field, "choices", None) or ():
            yield f"choice of {model.__name__}.{field.name}", str(text)


def not_chinese(pairs: Any) -> list[tuple[str, str]]:
    return [(where, text) for where, text in pairs if text not in NAMES_OF_THEIR_OWN and not CHINESE.search(text)]


def test_every_word_is_chinese():
    assert not_chinese(words()) == []
    assert sum(1 for _ in words()) > 300


def test_an_english_word_is_found():
    assert not_chinese([("here", "Save"), ("there", "保存")]) == [("here", "Save")]
