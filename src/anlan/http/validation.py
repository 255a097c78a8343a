"""Pydantic's complaints as pointers and sentences in Chinese."""

from typing import Any

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
    "enum": "只能是 {expected}。",
    "literal_error": "只能是 {expected}。",
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
}
FALLBACK = "格式不正确。"


def pointer_of(location: tuple[str | int, ...]) -> str:
    """The JSON pointer (RFC 6901) of a location; the empty pointer is the whole."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in location)


def message_of(error: dict[str, Any]) -> str:
    """What is wrong and how to put it right. Validators of ours raise ValueError with a Chinese sentence."""
    context = error.get("ctx") or {}
    if error["type"] == "value_error":
        return str(context.get("error", FALLBACK))
    template = MESSAGES.get(error["type"], FALLBACK)
    try:
        return template.format(**context)
    except KeyError:
        return FALLBACK
