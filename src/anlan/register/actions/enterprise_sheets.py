"""Enterprises by the thousand: rows of a ledger become rows of the register, by their credit code."""

from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import zip_longest
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
from anlan.register.searching import enterprise_texts, former_names
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
)
CODE_COLUMN = "unified_social_credit_code"
CODE, REGION, PATH = FIELDS.index(CODE_COLUMN), FIELDS.index("region_id"), FIELDS.index("region_path")
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
)
FOUND_BY = {FIELDS[0], FIELDS[1], *(FIELDS[place] for place in NUMBERS)}
NO_NAMES: list[str] = []  # one for all: a column that says the same everywhere does not travel
NEW = ("id", *FIELDS, "search_text", "own_no", "wall_path", "registered_at", "changed_at", "version")
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
        self.walls = {region.wall_path for region in self.places.by_id.values()}
        self.industries = Industries()
        self._merged = _merged(self.walls)
        self._seen: dict[str, int] = {}
        self._known: deque[_Known] = deque()
        self._met: dict[UUID, int] = {}

    def prepare(self, chunk: sheets.Chunk) -> None:
        """See :class:`sheets.ReadsAhead`."""
        chunk.columns["region"] = self._resolve(chunk)
        self._refuse_doubles(chunk)

    def look_up(self, chunk: sheets.Chunk) -> None:
        """See :class:`sheets.ReadsAhead`."""
        self._known.append(_Known(self.actor, self.walls, self._merged, chunk))

    def draft(self, chunk: sheets.Chunk) -> list[sheets.Draft]:
        """See :class:`sheets.Batch`."""
        regions: list[Region | None] = chunk.columns["region"]
        known = self._known.popleft()
        columns = [chunk.columns[name] for name in FIELDS[:REGION]]
        filled = [_with_blanks(column, blank) for column, blank in zip(columns, WHEN_BLANK, strict=False)]
        new_ids = ids.uuid7s(len(chunk.numbers))
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
        new_rows = sheets.bulk.Rows(Enterprise, NEW, self._new_columns(made, now) if made else ())
        changed_rows = sheets.bulk.Rows(Enterprise, *_settle(changed, now))

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
        return sheets.undo(rows, (*FIELDS, "own_no"), kept, follows=("search_text", _texts))

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
        row = (*new, region.id, region.path, NO_NAMES)
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
        if written[CODE] is None and written[0] != old[0]:
            written = (None, *written[1:])  # the name of one that was merged into it: it keeps its own
        home = old[REGION:FORMER] if region is None else (region.id, region.path)
        if region is not None and region.wall_path != row.wall_path:
            chunk.refuse(place, MOVED)
            return None
        new = (*[now if value is None else value for value, now in zip(written, old, strict=False)], *home)
        if new == old[:FORMER]:
            return sheets.Draft(place, number, sheets.Outcome.UNCHANGED, row.id, new[0], new[PATH])
        return sheets.Draft(
            place, number, sheets.Outcome.UPDATED, row.id, new[0], new[PATH], row.version + 1, row=(row, new)
        )

    def _new_columns(self, drafts: Sequence[sheets.Draft], now: Any) -> list[Sequence[Any]]:
        """The columns of ``NEW``."""
        columns: list[Sequence[Any]] = list(zip(*[draft.row for draft in drafts], strict=True))
        regions = [self.places.by_id[region_id] for region_id in columns[REGION]]
        own_nos = [
            None if code else credit_code.temporary_number(region.code[:6])
            for code, region in zip(columns[CODE], regions, strict=True)
        ]
        count = len(drafts)
        ids_of, walls = [draft.record_id for draft in drafts], [region.wall_path for region in regions]
        texts = _texts([*columns, own_nos])
        return [ids_of, *columns, texts, own_nos, walls, [now] * count, [now] * count, [0] * count]


def _settle(drafts: Sequence[sheets.Draft], now: Any) -> tuple[list[str], list[Sequence[Any]]]:
    """Give changed rows their former names and what was there before. Returns the columns that change in any of them, by
    name: what rests on the others is not worked out anew."""
    if not drafts:
        return [], []
    rows: list[_Row] = [draft.row[0] for draft in drafts]
    old: list[Sequence[Any]] = list(zip(*[row.values for row in rows], strict=True))
    new: list[Sequence[Any]] = list(zip(*[draft.row[1] for draft in drafts], strict=True))
    new.append(tuple(map(former_names, old[FORMER], old[0], new[0])))
    changing = [(name, was, will) for name, was, will in zip(FIELDS, old, new, strict=True) if was != will]
    for place, (draft, row) in enumerate(zip(drafts, zip(*new, strict=True), strict=True)):
        draft.row = row
        draft.before = {name: was[place] for name, was, will in changing if was[place] != will[place]}
    columns = {name: will for name, _, will in changing} | {"changed_at": [now] * len(drafts)}
    if FOUND_BY & columns.keys():
        columns["search_text"] = _texts([*new, [row.own_no for row in rows]])
    return ["id", *columns], [[draft.record_id for draft in drafts], *columns.values()]


def _texts(columns: Sequence[Sequence[Any]]) -> list[str]:
    """What enterprises are found by, of their columns in the order of ``FIELDS`` and their own numbers."""
    names = [*columns[NAMES], *zip_longest(*columns[FORMER])]
    return enterprise_texts(names, [columns[-1], *(columns[place] for place in NUMBERS)])


def _among(column: str, values: Collection[Any]) -> Any:
    return sheets.bulk.among(Enterprise, column, values)


def _merged(walls: Collection[str]) -> dict[str, set[UUID]]:
    """Into which each was merged that is none any more, by its name: ledgers go on saying it."""
    found: dict[str, set[UUID]] = {}
    rows = Enterprise.objects.order_by().filter(wall_path__in=walls, merged_into__isnull=False)
    for name, into in sheets.bulk.fetch(rows, "name", "merged_into_id"):
        found.setdefault(name, set()).add(into)
    return found


class _Row:
    """An enterprise that is there."""

    __slots__ = ("id", "own_no", "values", "version", "wall_path")

    def __init__(self, columns: Sequence[Any]) -> None:
        self.id, self.wall_path, self.version, self.own_no = columns[:4]
        self.values = tuple(columns[4:])


class _Known:
    """The enterprises that the rows of a chunk are about: by credit code, else by name, else by the name of one that was
    ``merged`` into it. Five queries a chunk at most.

    The counties are named in each: the indexes begin with them, or every enterprise of the county would be walked.
    """

    def __init__(
        self, actor: Actor, walls: Collection[str], merged: Mapping[str, Collection[UUID]], chunk: sheets.Chunk
    ) -> None:
        said = [(chunk.columns[CODE_COLUMN][place], chunk.columns["name"][place]) for place in chunk.good()]
        codes = {code for code, _ in said if code}
        here = Enterprise.objects.order_by().filter(wall_path__in=walls)
        mine = here.visible_to(actor, Permission.ENTERPRISE_EDIT).select_for_update(of=("self",))
        self.by_code = self._read(mine.filter(_among(CODE_COLUMN, codes))) if codes else {}
        by_name = self._named(
            mine.filter(unified_social_credit_code=None, own_no__isnull=False),
            {name for code, name in said if code and code not in self.by_code},
        )
        bare = {name for code, name in said if not code}
        by_name |= self._named(mine, bare)
        self.by_name: dict[str, list[_Row]] = {}
        for row in by_name.values():
            self.by_name.setdefault(row.values[0], []).append(row)
        into = {name: merged[name] for name in bare & merged.keys() if name not in self.by_name}
        wanted = {one for ids_of in into.values() for one in ids_of}
        survivors = self._read(mine.filter(_among("id", wanted))).values() if wanted else ()
        for name, ids_of in into.items():
            self.by_name[name] = [row for row in survivors if row.id in ids_of]
        sees_all = actor.region_path == actor.wall[0]
        missing = set() if sees_all else codes - self.by_code.keys()
        taken = here.filter(_among(CODE_COLUMN, missing))
        self.elsewhere = set(taken.values_list(CODE_COLUMN, flat=True)) if missing else set()

    def _named(self, rows: Any, names: Collection[str]) -> dict[Any, _Row]:
        return self._read(rows.filter(_among("name", names))) if names else {}

    def of(self, chunk: sheets.Chunk, place: int, written: Values) -> _Row | None:
        """The enterprise of a row; None when it is new. Adds a reason when it cannot be told or is out of reach."""
        code = written[CODE]
        if code and (row := self.by_code.get(code)):
            return row
        if code in self.elsewhere:
            chunk.refuse(place, ELSEWHERE)
            return None
        same = self.by_name.get(written[0], [])
        if code:
            same = [row for row in same if row.values[CODE] is None and row.values[0] == written[0]]
        if len(same) > 1:
            chunk.refuse(place, TWINS)
        return same[0] if len(same) == 1 else None

    @staticmethod
    def _read(rows: Any) -> dict[Any, _Row]:
        found = map(_Row, sheets.bulk.fetch(rows, "id", "wall_path", "version", "own_no", *FIELDS))
        return {row.values[CODE] or row.id: row for row in found}


def _with_blanks(column: Sequence[Any], blank: Any) -> Sequence[Any]:
    return column if blank is None else [blank if value is None else value for value in column]
