"""Pydantic's complaints as pointers and sentences in Chinese."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any, get_args

from pydantic.fields import FieldInfo

from anlan.lib.refusals import FieldError, Invalid

MESSAGES = {
    "missing": "请填写这一项。",
    "extra_forbidden": "没有这一项，请删除。",
    "string_type": "应为文字。",
    "string_too_short": "至少 {min_length} 个字。",
    "string_too_long": "最多 {max_length} 个字。",
    "string_pattern_mismatch": "格式不正确。",
    "int_type": "应为整数。",
    "int_parsing": "应为整数。",
    "int_from_float": "应为整数。",
    "int_parsing_size": "数值过大。",
    "float_type": "应为数字。",
    "float_parsing": "应为数字。",
    "finite_number": "应为有限的数字。",
    "decimal_type": "应为数字。",
    "decimal_parsing": "应为数字。",
    "decimal_max_digits": "数字位数过多，最多 {max_digits} 位。",
    "decimal_max_places": "小数最多 {decimal_places} 位。",
    "bool_type": "应为“是”或“否”（true/false）。",
    "bool_parsing": "应为“是”或“否”（true/false）。",
    "greater_than": "应大于 {gt}。",
    "greater_than_equal": "不能小于 {ge}。",
    "less_than": "应小于 {lt}。",
    "less_than_equal": "不能大于 {le}。",
    "enum": "只能是 {expected} 之一。",
    "literal_error": "只能是 {expected} 之一。",
    "union_tag_invalid": "只能是 {expected_tags} 之一。",
    "union_tag_not_found": "请填写这一项，只能是 {expected_tags} 之一。",
    "uuid_type": "编号格式不正确，应为 UUID。",
    "uuid_parsing": "编号格式不正确，应为 UUID。",
    "date_type": "日期格式应为 2026-01-31。",
    "date_parsing": "日期格式应为 2026-01-31。",
    "date_from_datetime_parsing": "日期格式应为 2026-01-31。",
    "date_from_datetime_inexact": "应为日期，不带时间。",
    "datetime_type": "时间格式应为 2026-01-31T08:00:00+08:00。",
    "datetime_parsing": "时间格式应为 2026-01-31T08:00:00+08:00。",
    "datetime_from_date_parsing": "时间格式应为 2026-01-31T08:00:00+08:00。",
    "timezone_aware": "时间应带时区，例如 +08:00。",
    "list_type": "应为列表。",
    "too_short": "至少 {min_length} 项。",
    "too_long": "最多 {max_length} 项。",
    "dict_type": "应为对象。",
    "model_type": "应为对象。",
    "model_attributes_type": "应为对象。",
    "json_invalid": "不是有效的 JSON。",
    "json_type": "应为 JSON 文本。",
}
FALLBACK = "格式不正确。"
TAG_ERRORS = frozenset({"union_tag_invalid", "union_tag_not_found"})
LISTS = ("expected", "expected_tags")
"""Where pydantic enumerates what it would have taken, in English: ``'ACT', 'STATE' or 'NOT_STATED'``."""
QUOTED = re.compile(r"'([^']*)'")


def pointer_of(location: tuple[str | int, ...]) -> str:
    """The JSON pointer (RFC 6901) of a location; the empty pointer is the whole."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in location)


@contextmanager
def pointing(into_sent: Callable[[str], str]) -> Iterator[None]:
    """Let refusals of fields that arise inside point into what was sent, which is built otherwise than what acts take."""
    try:
        yield
    except Invalid as refusal:
        raise Invalid([FieldError(into_sent(one.pointer), one.message) for one in refusal.errors]) from refusal


def check_order(first: date | None, last: date | None, pointer: str) -> None:
    """Invalid (422) for days that leave nothing between them."""
    if first is not None and last is not None and first > last:
        raise Invalid.at(pointer, "起始日期不能晚于截止日期。")


def message_of(error: dict[str, Any]) -> str:
    """What is wrong and how to put it right. Validators of ours raise ValueError with a Chinese sentence."""
    context = error.get("ctx") or {}
    if error["type"] == "value_error":
        return str(context.get("error", FALLBACK))
    template = MESSAGES.get(error["type"], FALLBACK)
    listed = {name: _listed(context[name]) for name in LISTS if name in context}
    try:
        return template.format(**{**context, **listed})
    except KeyError:
        return FALLBACK


def with_tag(error: dict[str, Any], union: FieldInfo) -> dict[str, Any]:
    """An error about the tag of a tagged union points at the tag, which pydantic's does not, and says which tags there
    are, which pydantic leaves out where the tag is missing."""
    if error["type"] not in TAG_ERRORS:
        return error
    tag = str(union.discriminator)
    tags = [value for member in get_args(union.annotation) for value in get_args(member.model_fields[tag].annotation)]
    expected = ", ".join(f"'{one}'" for one in tags)
    return {**error, "loc": (*error["loc"], tag), "ctx": {**error.get("ctx", {}), "expected_tags": expected}}


def _listed(english: str) -> str:
    """The same list as Chinese has it; the empty text, which may be left out as well, is not offered."""
    words = [word for word in QUOTED.findall(english) if word]
    return "、".join(words) if words else english.replace(" or ", "、").replace(", ", "、")
