"""What the API reads and refuses, without a database: JSON, ETags, pointers, messages."""

import json
from typing import Literal

import pytest
from django.test import RequestFactory
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field, ValidationError

from anlan.http.etag import check_if_match, etag_of, expected_versions
from anlan.http.parsing import Malformed, StrictParser, UnsupportedMediaType
from anlan.http.validation import FALLBACK, message_of, pointer_of
from anlan.lib.refusals import Stale


def parse(body: bytes | str, content_type: str = "application/json"):
    return StrictParser().parse_body(RequestFactory().post("/", data=body, content_type=content_type))


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), inner)
        ),
        max_leaves=10,
    )
)
def test_json_comes_back_as_it_was(value) -> None:
    assert parse(json.dumps(value)) == value
    assert parse(json.dumps(value, ensure_ascii=False)) == value


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"a": NaN}',
        b"[Infinity]",
        b'["\\u0000"]',
        b'{"\\u0000": 1}',
        b'["\\ud800"]',
        b'["\xed\xa0\x80"]',
        b'["\xff"]',
        b"[" * 60 + b"]" * 60,
        b"[" * 100_000,
    ],
)
def test_what_no_column_could_hold_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        parse(body)


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_only_json_is_read(content_type: str) -> None:
    with pytest.raises(UnsupportedMediaType):
        parse(b"{}", content_type)
    assert parse(b"{}", "application/merge-patch+json; charset=utf-8") == {}


def test_versions_of_if_match() -> None:
    assert expected_versions(None) is None
    assert expected_versions("*") is None
    assert expected_versions(etag_of(7)) == {7}
    assert expected_versions('W/"7", "8"') == {7, 8}
    check_if_match('"7", "8"', 8)
    with pytest.raises(Stale) as caught:
        check_if_match('"7"', 8)
    assert caught.value.extra == {"current_version": 8}


@pytest.mark.parametrize("text", ["7", '"', '""', '"a"', "'7'", '"-1"', '"٣"', '"' + "9" * 40 + '"', '"7",'])
def test_other_tags_are_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        expected_versions(text)


def test_pointers_escape() -> None:
    assert pointer_of(()) == ""
    assert pointer_of(("items", 0, "a/b~c")) == "/items/0/a~1b~0c"


class Sample(BaseModel):
    name: str = Field(max_length=3)
    count: int = Field(ge=1)
    colour: Literal["red", "green", ""] = ""
    size: Literal[1, 2] = 1


def errors_of(**data) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        Sample(**data)
    return [message_of(dict(error)) for error in caught.value.errors()]


def test_messages_are_chinese_and_name_the_limit() -> None:
    assert errors_of() == ["请填写这一项。", "请填写这一项。"]
    assert errors_of(name="一二三四", count=0) == ["最多 3 个字。", "不能小于 1。"]
    assert errors_of(name="一", count="x") == ["应为整数。"]
    assert errors_of(name="一", count=1, colour="blue") == ["只能是 red、green 之一。"]
    assert errors_of(name="一", count=1, size=3) == ["只能是 1、2 之一。"]
    assert message_of({"type": "unheard_of"}) == FALLBACK
    assert message_of({"type": "less_than", "ctx": {}}) == FALLBACK
    assert (
        message_of({"type": "value_error", "ctx": {"error": ValueError("日期不能早于今天。")}}) == "日期不能早于今天。"
    )
