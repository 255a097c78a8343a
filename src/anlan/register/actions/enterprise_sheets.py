"""Enterprises by the thousand: rows of a ledger become rows of the register, by their credit code."""

from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any
from uuid import UUID

from anlan.authz.actors import Actor
from anlan.authz.models import Region
from anlan.authz.permissions import Permission
from anlan.lib import clock, ids
from anlan.register import credit_code
from anlan.register.choices import OperatingStatus
from anlan.register.models import Enterprise
from anlan.register.naming import Industries, Places
from anlan.register.searching import enterprise_text, former_names
from anlan.sheets import api as sheets

FIELDS = (
    "name",
    "short_name",
    "unified_social_credit_code",
    "legal_representative",
    "phone",
    "industry_id",
    "above_designated_size",
    "employee_count",
    "status",
    "registered_address",
    "region_id",
    "region_path",
    "former_names",
    "search_text",
)
CODE, REGION, PATH = FIELDS.index("unified_social_credit_code"), FIELDS.index("region_id"), FIELDS.index("region_path")
FORMER = FIELDS.index("former_names")
NAMES, NUMBERS = slice(0, 2), (CODE, FIELDS.index("legal_representative"), FIELDS.index("phone"), REGION - 1)
WHEN_BLANK: tuple[Any, ...] = (
    "",
    "",
    None,
    "",
    "",
    None,
    None,
    None,
    OperatingStatus.OPERATING.value,
    "",
    None,
    "",
    [],
    "",
)
NO_NAMES: list[str] = []  # one for all: a column that says the same everywhere does not travel
NEW = ("id", *FIELDS, "own_no", "wall_path", "registered_at", "changed_at", "version")
ELSEWHERE = "本县（市、区）已登记过这个统一社会信用代码，但不在您的管辖范围内，请联系安委办认领。"
NO_REGION = "所属乡镇（街道）：没有填写。"
SAME = "与原表第 {} 行是同一家企业（{}相同）。"
MOVED = "不能迁到其他县（市、区）：跨县的须由迁入地另行登记。"
TWINS = "同名企业有好几家，请填写统一社会信用代码。"
QUICKER = "刚刚有人登记了同一个统一社会信用代码，请再导入一次。"

Values = tuple[Any, ...]


class EnterpriseBatch:
    """One run over a file of enterprises."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.places = Places(actor)
        self.industries = Industries()
        self._seen: dict[str, int] = {}
        self._known: deque[_Known] = deque()
        self._met: dict[UUID, int] = {}

    def prepare(self, chunk: sheets.Chunk) -> None:
        """See :class:`sheets.ReadsAhead`."""
        chunk.columns["region"] = self._resolve(chunk)
        self._refuse_doubles(chunk)

    def look_up(self, chunk: sheets.Chunk) -> None:
        """See :class:`sheets.ReadsAhead`."""
        self._known.append(_Known(self.actor, chunk))

    def draft(self, chunk: sheets.Chunk) -> list[sheets.Draft]:
        """See :class:`sheets.Batch`."""
        regions: list[Region | None] = chunk.columns["region"]
        known = self._known.popleft()
        columns = [chunk.columns[name] for name in FIELDS[:REGION]]
        filled = [_with_blanks(column, blank) for column, blank in zip(columns, WHEN_BLANK, strict=False)]
        new_ids = iter(ids.uuid7s(len(chunk.numbers)))
        drafts = []
        errors = chunk.errors
        rows = zip(zip(*columns, strict=True), zip(*filled, strict=True), regions, strict=True)
        for place, (written, new, region) in enumerate(rows):
            if place in errors:
                continue
            row = known.of(chunk, place, written)
            if place in errors:
                continue
            draft = (
                self._new(chunk, place, new, region, next(new_ids))
                if row is None
                else self._changed(chunk, place, written, region, row)
            )
            if draft is not None:
                drafts.append(draft)
        return drafts

    def write(self, chunk: sheets.Chunk, drafts: Sequence[sheets.Draft]) -> Callable[[], list[sheets.Draft]]:
        """See :class:`sheets.Batch`."""
        now = clock.now()
        made = [draft for draft in drafts if draft.outcome == sheets.Outcome.CREATED]
        changed = [draft for draft in drafts if draft.outcome == sheets.Outcome.UPDATED]
        new_rows = sheets.bulk.Rows(Enterprise, NEW, self._new_rows(made, now))
        changed_rows = sheets.bulk.Rows(
            Enterprise, ("id", *FIELDS, "changed_at"), ((draft.record_id, *draft.row, now) for draft in changed)
        )

        def write_them() -> list[sheets.Draft]:
            inserted = new_rows.insert()
            for draft in made:
                if draft.record_id not in inserted:
                    chunk.refuse(draft.place, QUICKER)
            changed_rows.update()
            return [draft for draft in drafts if draft.place not in chunk.errors]

        return write_them

    def undo(self, kept: Sequence[sheets.Kept]) -> dict[UUID, str]:
        """See :class:`sheets.Batch`."""
        rows = Enterprise.objects.visible_to(self.actor, Permission.ENTERPRISE_EDIT)
        return sheets.undo(rows, FIELDS, kept)

    def _resolve(self, chunk: sheets.Chunk) -> list[Region | None]:
        """The region of each row; industries as codes; credit codes checked."""
        columns = chunk.columns
        codes = columns["unified_social_credit_code"]
        industries = columns["industry_id"] = [None] * len(codes)
        regions: list[Region | None] = [None] * len(codes)
        for place, code in enumerate(codes):
            if code and not credit_code.is_sound(code) and (problem := credit_code.problem_of(code)):
                chunk.refuse(place, problem)
        for place, words in enumerate(
            zip(columns["region_code"], columns["township"], columns["village"], strict=True)
        ):
            try:
                regions[place] = self.places.find(*words)
            except sheets.values.Unreadable as why:
                chunk.refuse(place, str(why))
        for place, industry in enumerate(columns["industry"]):
            if industry:
                try:
                    industries[place] = self.industries.code_of(industry)
                except sheets.values.Unreadable as why:
                    chunk.refuse(place, f"国民经济行业：{why}")
        return regions

    def _refuse_doubles(self, chunk: sheets.Chunk) -> None:
        """The same enterprise twice in a file: the first counts."""
        names = chunk.columns["name"]
        for place, code in enumerate(chunk.columns["unified_social_credit_code"]):
            key = code or names[place]
            if key is None or place in chunk.errors:
                continue
            first = self._seen.setdefault(key, chunk.numbers[place])
            if first != chunk.numbers[place]:
                chunk.refuse(place, SAME.format(first, "统一社会信用代码" if code else "名称"))

    def _new(
        self, chunk: sheets.Chunk, place: int, new: Values, region: Region | None, new_id: UUID
    ) -> sheets.Draft | None:
        region = region or self.places.home
        if region is None:
            chunk.refuse(place, NO_REGION)
            return None
        row = (*new, region.id, region.path, NO_NAMES, "")
        number = self._met[new_id] = chunk.numbers[place]
        return sheets.Draft(place, number, sheets.Outcome.CREATED, new_id, str(row[0]), region.path, row=row)

    def _changed(
        self, chunk: sheets.Chunk, place: int, written: Values, region: Region | None, row: "_Row"
    ) -> sheets.Draft | None:
        """A blank cell leaves what stands there."""
        old, number = row.values, chunk.numbers[place]
        if (first := self._met.setdefault(row.id, number)) != number:
            by_code = written[CODE] is not None and written[CODE] == old[CODE]
            chunk.refuse(place, SAME.format(first, "统一社会信用代码" if by_code else "名称"))
            return None
        home = old[REGION:FORMER] if region is None else (region.id, region.path)
        if region is not None and region.wall_path != row.wall_path:
            chunk.refuse(place, MOVED)
            return None
        new = (*(now if value is None else value for value, now in zip(written, old, strict=False)), *home)
        if new == old[:FORMER]:
            return sheets.Draft(place, number, sheets.Outcome.UNCHANGED, row.id, new[0], new[PATH])
        new = _findable(new, former_names(old[FORMER], old[0], new[0]), row.own_no)
        before = {name: was for name, was, now in zip(FIELDS, old, new, strict=True) if was != now}
        return sheets.Draft(
            place, number, sheets.Outcome.UPDATED, row.id, new[0], new[PATH], row.version + 1, before, row=new
        )

    def _new_rows(self, drafts: Sequence[sheets.Draft], now: Any) -> Iterator[Values]:
        for draft in drafts:
            region = self.places.by_id[draft.row[REGION]]
            own_no = None if draft.row[CODE] else credit_code.temporary_number(region.code[:6])
            yield (draft.record_id, *_findable(draft.row, NO_NAMES, own_no), own_no, region.wall_path, now, now, 0)


def _findable(values: Values, former: list[str], own_no: str | None = None) -> Values:
    """The values with what follows from them: the names the enterprise had, and what it is found by."""
    numbers = (own_no, *(values[place] for place in NUMBERS))
    return (*values[:FORMER], former, enterprise_text((*values[NAMES], *former), numbers))


def _among(column: str, values: Collection[str]) -> Any:
    return sheets.bulk.among(Enterprise, column, values)


class _Row:
    """An enterprise that is there."""

    __slots__ = ("id", "own_no", "values", "version", "wall_path")

    def __init__(self, columns: Sequence[Any]) -> None:
        self.id, self.wall_path, self.version, self.own_no = columns[:4]
        self.values = tuple(columns[4:])


class _Known:
    """The enterprises that the rows of a chunk are about: by credit code, else by name. Three queries a chunk."""

    def __init__(self, actor: Actor, chunk: sheets.Chunk) -> None:
        good = list(chunk.good())
        codes = {code for place in good if (code := chunk.columns["unified_social_credit_code"][place])}
        mine = (
            Enterprise.objects.order_by().visible_to(actor, Permission.ENTERPRISE_EDIT).select_for_update(of=("self",))
        )
        self.by_code = self._read(mine.filter(_among("unified_social_credit_code", codes)))
        unmet = [
            chunk.columns["name"][place]
            for place in good
            if chunk.columns["unified_social_credit_code"][place] not in self.by_code
        ]
        self.by_name: dict[str, list[_Row]] = {}
        for row in self._read(mine.filter(_among("name", unmet))).values() if unmet else ():
            self.by_name.setdefault(row.values[0], []).append(row)
        sees_all = actor.region_path == actor.wall[0]
        missing = set() if sees_all else codes - self.by_code.keys()
        taken = Enterprise.objects.order_by().filter(_among("unified_social_credit_code", missing))
        self.elsewhere = set(taken.values_list("unified_social_credit_code", flat=True)) if missing else set()

    def of(self, chunk: sheets.Chunk, place: int, written: Values) -> _Row | None:
        """The enterprise of a row; None when it is new. Adds a reason when it cannot be told or is out of reach."""
        code = written[CODE]
        if code and (row := self.by_code.get(code)):
            return row
        if code in self.elsewhere:
            chunk.refuse(place, ELSEWHERE)
            return None
        same = [row for row in self.by_name.get(written[0], ()) if not (code and row.values[CODE])]
        if len(same) > 1:
            chunk.refuse(place, TWINS)
        return same[0] if len(same) == 1 else None

    @staticmethod
    def _read(rows: Any) -> dict[Any, _Row]:
        found = map(_Row, sheets.bulk.fetch(rows, "id", "wall_path", "version", "own_no", *FIELDS))
        return {row.values[CODE] or row.id: row for row in found}


def _with_blanks(column: Sequence[Any], blank: Any) -> Sequence[Any]:
    return column if blank is None else [blank if value is None else value for value in column]
