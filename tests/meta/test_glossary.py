"""The words: every verb and every model of ours stands in the glossary, and no identifier is one of the words we never use."""

import tomllib
from pathlib import Path

import pytest
from django.apps import apps

from anlan.hidden_dangers.workflow import PROCESS

GLOSSARY = tomllib.loads((Path(__file__).parents[2] / "glossary.toml").read_text("utf-8"))["term"]

INSIDE = {
    "ApiToken",
    "CalendarDay",
    "ColumnMemory",
    "DeadlineEffect",
    "Event",
    "IdempotencyRecord",
    "ImportedRow",
    "Industry",
    "Job",
    "Message",
    "SitePerson",
    "ObjectRegulator",
    "SiteRegulator",
    "StoredFile",
    "User",
}
"""Tables of the machinery, or plain words that need no term of the field."""


def terms(kind: str) -> dict[str, dict]:
    return {term["identifier"]: term for term in GLOSSARY if term["kind"] == kind}


def our_models() -> list[type]:
    return [model for model in apps.get_models() if model.__module__.startswith("anlan.")]


def test_every_model_is_a_term():
    assert {model.__name__ for model in our_models()} - INSIDE == set(terms("model"))


@pytest.mark.parametrize("transition", PROCESS.transitions, ids=lambda t: t.verb)
def test_every_verb_is_a_term_and_says_the_same_word(transition):
    assert terms("verb")[transition.verb]["zh"] == transition.label


def test_identifiers_are_ascii_and_never_a_forbidden_word():
    forbidden = {word.lower() for term in GLOSSARY for word in term["never"]}
    names = {model.__name__ for model in our_models()} | {field.name for m in our_models() for field in m._meta.fields}
    assert all(name.isascii() for name in names)
    assert not {name for name in names if name.lower() in forbidden - {"order", "case", "add"}}


def test_every_term_has_a_source():
    assert all(term["source"] and term["definition"] for term in GLOSSARY)
