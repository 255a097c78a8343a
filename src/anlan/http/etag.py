"""Edits without overwriting each other: the integer version of a record as its ETag."""

from typing import Annotated

from django.http import HttpResponse
from ninja import Header

from anlan.http.parsing import Malformed
from anlan.lib.refusals import Stale

IfMatch = Annotated[str | None, Header(None, alias="If-Match", description="所依据的版本，即读取时得到的 ETag")]


def etag_of(version: int) -> str:
    return f'"{version}"'


def with_etag(response: HttpResponse, version: int) -> HttpResponse:
    """``response`` with the version as its ETag."""
    response["ETag"] = etag_of(version)
    return response


def expected_versions(if_match: str | None) -> frozenset[int] | None:
    """The versions the client can accept; None when it does not care (no header, or ``*``). Malformed (400).

    A proxy that compresses makes a tag weak on the way out and the client sends it back so: ``W/`` is ignored.
    """
    if if_match is None or if_match.strip() == "*":
        return None
    return frozenset(_version(tag) for tag in if_match.split(","))


def check_if_match(if_match: str | None, current_version: int) -> None:
    """Raise Stale (412) when the client saw another version. The record must be locked already."""
    versions = expected_versions(if_match)
    if versions is not None and current_version not in versions:
        raise Stale(current_version)


def _version(tag: str) -> int:
    text = tag.strip().removeprefix("W/")
    digits = text[1:-1]
    if text != f'"{digits}"' or not digits.isascii() or not digits.isdigit() or len(digits) > 18:
        raise Malformed('请求头 If-Match 应为读取时得到的 ETag，例如 "3"。')
    return int(digits)
