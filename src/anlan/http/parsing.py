"""Reading what was sent: JSON as the standard has it, and nothing that a text column cannot hold."""

import json
from typing import Any, NoReturn

from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from ninja.parser import Parser

from anlan.lib.refusals import Refusal

MAX_DEPTH = 50


class Malformed(Refusal):
    """400: cannot be read at all."""

    status = 400

    def __init__(self, reason: str = "请求内容不是有效的 JSON。") -> None:
        super().__init__("malformed", reason)


class UnsupportedMediaType(Refusal):
    """415: something else is read here."""

    status = 415

    def __init__(self, wanted: str = "application/json") -> None:
        super().__init__("unsupported_media_type", f"请求内容应为 {wanted}，并在 Content-Type 中注明。")


class StrictParser(Parser):
    """Refuses other content types, NaN, broken UTF-8, NUL and lone surrogates, and bottomless nesting."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The JSON that was sent. Malformed (400), UnsupportedMediaType (415)."""
        content_type = (request.content_type or "").lower()
        if content_type != "application/json" and not content_type.endswith("+json"):
            raise UnsupportedMediaType
        try:
            found = json.loads(request.body.decode("utf-8"), parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            raise Malformed from error
        _check(found, MAX_DEPTH)
        return found

    def parse_querydict(self, data: MultiValueDict[str, Any], list_fields: list[str], request: HttpRequest) -> Any:
        """The parameters, without NUL."""
        for values in data.lists():
            _check([values[0], [value for value in values[1] if isinstance(value, str)]], MAX_DEPTH)
        return super().parse_querydict(data, list_fields, request)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _check(value: Any, depth: int) -> None:
    if depth == 0:
        raise Malformed("请求内容的层级过深。")
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, list):
        for item in value:
            _check(item, depth - 1)
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_text(key)
            _check(item, depth - 1)


def _check_text(text: str) -> None:
    if "\0" in text or (not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text)):
        raise Malformed("请求内容含有无法保存的字符。")
