"""The search in the top bar: scoped first, then by words (DESIGN §14), grouped by kind.

The search text is read row by row, which is quick enough up to about 100,000 rows a county; above that DESIGN §14
proposes a table of bigrams searched by btree equality.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from anlan.authz.actors import Actor
from anlan.authz.permissions import Permission
from anlan.hidden_dangers import api as loop
from anlan.lib import clock, searching
from anlan.register import api as register

LENGTH = 60
SHOWN = 10
AT_A_GLANCE = 5
"""Of each kind, below the box while one types."""

KINDS = {
    "enterprise": "企业",
    "site": "场所",
    "object": "监管对象",
    "hidden_danger": "隐患",
}


@dataclass(frozen=True)
class Hit:
    """``title`` and ``value`` with the matched part marked; ``label`` names what matched where it is not the title."""

    id: UUID
    url: str
    plain_title: str
    title: SafeString
    sub: str
    label: str
    plain_value: str
    value: SafeString
    record: Any


@dataclass(frozen=True)
class Group:
    """The first of a kind; ``has_more`` says whether there are others behind ``url``."""

    kind: str
    hits: Sequence[Hit]
    has_more: bool
    url: str

    @property
    def label(self) -> str:
        return KINDS[self.kind]


def find(actor: Actor, text: str, shown: int = SHOWN) -> list[Group]:
    """What the actor sees with these words: one query a kind; kinds without a hit are left out."""
    words = searching.words_of(text)
    if not words:
        return []
    groups = [make(actor, text, words, shown) for permission, make in _FINDERS if actor.can(permission)]
    return [group for group in groups if group.hits]


def marked(shown: str, words: Iterable[str]) -> SafeString:
    """``shown`` as markup, the matched parts inside <mark>."""
    made, end = SafeString(""), 0
    for first, last in searching.spans(shown, words):
        made += format_html("{}<mark>{}</mark>", shown[end:first], shown[first:last])
        end = last
    return made + escape(shown[end:])


def _hit(words: Sequence[str], row: Any, url: str, title: str, sub: str, fields: Iterable[tuple[str, str]]) -> Hit:
    """The first field that holds a word the title does not is shown as the reason."""
    unmet = [word for word in words if not searching.spans(title, [word])]
    reason = next(((label, value) for label, value in fields if searching.spans(value, unmet)), ("", ""))
    return Hit(
        id=row.matter.id if isinstance(row, loop.Row) else row.id,
        url=url,
        plain_title=title,
        title=marked(title, words),
        sub=sub,
        label=reason[0],
        plain_value=reason[1],
        value=marked(reason[1], unmet),
        record=row,
    )


def _group(kind: str, rows: Iterable[Any], shown: int, address: str, text: str, hit: Callable[[Any], Hit]) -> Group:
    hits = [hit(row) for row in rows]
    return Group(kind, hits[:shown], len(hits) > shown, f"{reverse(address)}?{urlencode({'q': text})}")


def _enterprises(actor: Actor, text: str, words: Sequence[str], shown: int) -> Group:
    def hit(row: register.Enterprise) -> Hit:
        fields = [
            ("简称", row.short_name),
            *(("曾用名", name) for name in row.former_names),
            ("编号", row.number),
            ("法定代表人", row.legal_representative),
            ("电话", row.phone),
            ("地址", row.registered_address),
        ]
        sub = f"{row.number}　{row.region.name}"
        return _hit(words, row, reverse("register:enterprise", args=[row.id]), row.name, sub, fields)

    rows = register.enterprises(actor, register.EnterpriseFilters()).found_by(text).with_names()[: shown + 1]
    return _group("enterprise", rows, shown, "register:enterprise-list", text, hit)


def _sites(actor: Actor, text: str, words: Sequence[str], shown: int) -> Group:
    def hit(row: register.Site) -> Hit:
        fields = [
            *(("曾用名", name) for name in row.former_names),
            ("地址", row.address),
            *((person.get_post_display(), part) for person in row.people.all() for part in (person.name, person.phone)),
        ]
        url = reverse("register:enterprise", args=[row.enterprise_id])
        return _hit(words, row, url, row.name, f"{row.enterprise.name}　{row.region.name}", fields)

    rows = register.sites(actor, register.SiteFilters()).found_by(text).with_names().prefetch_related("people")
    return _group("site", rows[: shown + 1], shown, "register:enterprise-list", text, hit)


def _objects(actor: Actor, text: str, words: Sequence[str], shown: int) -> Group:
    def hit(row: register.SupervisedObject) -> Hit:
        fields = [
            *(("曾用名", name) for name in row.former_names),
            ("责任人", row.party_name),
            ("电话", row.party_phone),
            ("地址", row.address),
        ]
        sub = f"{row.get_kind_display()}　{row.region.name}"
        return _hit(words, row, reverse("objects:object", args=[row.id]), row.name, sub, fields)

    rows = register.supervised_objects(actor, register.ObjectFilters()).found_by(text).with_names()[: shown + 1]
    return _group("object", rows, shown, "objects:list", text, hit)


def _matters(actor: Actor, text: str, words: Sequence[str], shown: int) -> Group:
    def hit(row: loop.Row) -> Hit:
        matter = row.matter
        sub = f"{row.party or matter.place}　{matter.region.name}"
        fields = [("编号", matter.number), ("地点", matter.place), ("责任主体", row.party)]
        return _hit(words, row, row.url, matter.description, sub, fields)

    rows = loop.hidden_dangers(actor, loop.Filters(q=text), clock.today()).as_lines()[: shown + 1]
    return _group("hidden_danger", loop.rows_of(rows), shown, "hidden_dangers:list", text, hit)


_FINDERS: tuple[tuple[Permission, Callable[[Actor, str, Sequence[str], int], Group]], ...] = (
    (Permission.ENTERPRISE_VIEW, _enterprises),
    (Permission.ENTERPRISE_VIEW, _sites),
    (Permission.OBJECT_VIEW, _objects),
    (Permission.HIDDEN_DANGER_VIEW, _matters),
)
