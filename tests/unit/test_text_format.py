"""A text in a line of PostgreSQL's text format: what would end the column or the line is written otherwise."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.authz.models import Region
from anlan.hidden_dangers import api as loop
from anlan.lib import clock, hashing
from anlan.lib.text_format import escaped
from anlan.processes.chronicles import as_json

BACK = {"\\": "\\", "t": "\t", "n": "\n", "r": "\r", "b": "\b", "v": "\v", "f": "\f"}


def read(text: str) -> str:
    """As COPY reads it."""
    signs, found = iter(text), []
    for sign in signs:
        found.append(BACK[next(signs)] if sign == "\\" else sign)
    return "".join(found)


@given(st.text(alphabet=st.one_of(st.sampled_from("\\\t\n\r\b\v\f\"'N"), st.characters(exclude_categories=["Cs"]))))
def test_any_text_comes_back_and_stays_in_its_column(text: str) -> None:
    line = escaped(text)
    assert not {*"\t\n\r"} & {*line}
    assert read(line) == text


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.dates() | st.uuids() | st.decimals(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), VALUES, max_size=5))
def test_the_quick_json_is_the_canonical_one(value: dict[str, object]) -> None:
    assert as_json(value).encode("utf-8", "surrogatepass") == hashing.canonical_bytes(value)


def test_what_has_no_canonical_form_is_refused() -> None:
    with pytest.raises(TypeError):
        as_json({"x": object()})


def test_numbers_of_different_parts_are_never_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop.Numbers, "given", staticmethod(lambda code: set()))
    county = Region(code="331082000000")
    whole = loop.Numbers(Random(1), county)
    givers = [whole.part(Random(1), part, 20_000) for part in (0, 1, 19_999)]
    given_ = [giver.new(county, clock.today()) for giver in givers for _ in range(500)]
    assert len(set(given_)) == 1500
    assert all(len(number) == len("331082-2603-ABCDE") for number in given_)
