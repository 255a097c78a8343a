"""Lists of the API: pages, and a cursor for deep walks."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar
from uuid import UUID

from django.db.models import Count, F, QuerySet, TextField, UUIDField, Value
from ninja import Schema
from pydantic import Field

from anlan.http.schemas import Answer
from anlan.lib.refusals import Invalid
from anlan.reads.counting import bounded_count
from anlan.reads.prepared import Listing

T = TypeVar("T")


class PageQuery(Schema):
    """The query parameters of every list: ``page: Query[PageQuery]``."""

    page: int = Field(1, ge=1, le=1_000_000, description="第几页，从 1 开始")
    page_size: int = Field(50, ge=1, le=200, description="每页条数")
    count: Literal["exact", "none"] | None = Field(None, description="exact：数到底；none：不数；不填：数到 10000 为止")
    cursor: str | None = Field(
        None,
        max_length=100,
        description="逐页取完大量记录时用：先传空值，再传上一次的 next_cursor；此时不计总数、不用 page",
    )


class Page(Answer, Generic[T]):
    """One page. ``count`` is null when it was not counted."""

    items: list[T]
    count: int | None = Field(description="总数；超过 10000 而未要求精确时为 10000")
    count_is_exact: bool
    next_cursor: str | None = Field(None, description="仅在传了 cursor 且还有下一页时给出")


@dataclass(frozen=True)
class Sheet:
    """What a list endpoint returns; the response schema is ``Page[Item]``."""

    items: Sequence[Any]
    count: int | None
    count_is_exact: bool
    next_cursor: str | None = None


def paginate(rows: QuerySet[Any] | Listing[Any], query: PageQuery) -> Sheet:
    """The page of an ordered list that the query asks for. Invalid (422) for a cursor that is none of ours."""
    if query.cursor is not None:
        return _walk(_queryset(rows), query.cursor, query.page_size)
    start = (query.page - 1) * query.page_size
    items = list(rows[start : start + query.page_size])
    count, is_exact = _count(rows, query.count)
    return Sheet(items, count, is_exact)


def no_cursor() -> Invalid:
    """The refusal (422) of a list that cannot be walked."""
    return Invalid.at("/cursor", "这个列表不用游标，请用 page 和 page_size。")


def count_each(lists: Mapping[str, QuerySet[Any]]) -> dict[str, int]:
    """How long each of the lists is, whatever they are of, in one query."""
    found = _in_one([rows.annotate(n=Count("*")) for rows in _named(lists)])
    return dict.fromkeys(lists, 0) | {row["of"]: row["n"] for row in found}


def count_each_by(lists: Mapping[str, QuerySet[Any]], key: str) -> dict[Any, dict[str, int]]:
    """The same part by part: for each value of the column the length of each of the lists, in one query."""
    counted: dict[Any, dict[str, int]] = {}
    for row in _in_one([rows.values("of", part=F(key)).annotate(n=Count("*")) for rows in _named(lists)]):
        counted.setdefault(row["part"], dict.fromkeys(lists, 0))[row["of"]] = row["n"]
    return counted


def _named(lists: Mapping[str, QuerySet[Any]]) -> list[QuerySet[Any, Any]]:
    return [rows.order_by().annotate(of=Value(name, TextField())).values("of") for name, rows in lists.items()]


def _in_one(each: list[Any]) -> Any:
    return each[0].union(*each[1:], all=True) if len(each) > 1 else (each or [[]])[0]


def _queryset(rows: QuerySet[Any] | Listing[Any]) -> QuerySet[Any]:
    return rows.rows() if isinstance(rows, Listing) else rows


def _count(rows: QuerySet[Any] | Listing[Any], how: str | None) -> tuple[int | None, bool]:
    if how == "none":
        return None, False
    if how == "exact":
        return _queryset(rows).order_by().count(), True
    return bounded_count(rows)


def _walk(rows: QuerySet[Any], cursor: str, size: int) -> Sheet:
    """Newest first by id (UUIDv7), each page one index range whatever its depth."""
    if not isinstance(rows.model._meta.pk, UUIDField):
        raise no_cursor()
    rows = rows.order_by("-id")
    if cursor:
        rows = rows.filter(id__lt=_decode(cursor))
    items = list(rows[: size + 1])
    following = _encode(items[size - 1].id) if len(items) > size else None
    return Sheet(items[:size], None, False, following)


def _encode(last: UUID) -> str:
    return base64.urlsafe_b64encode(last.bytes).decode().rstrip("=")


def _decode(cursor: str) -> UUID:
    try:
        return UUID(bytes=base64.b64decode(cursor + "==", altchars=b"-_", validate=True))
    except (binascii.Error, ValueError) as error:
        raise Invalid.at("/cursor", "游标无效，请从头取起。") from error
