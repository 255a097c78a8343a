"""Taking back what an import wrote into one table: what it made goes, what it changed is as it was, and what somebody
has touched or built upon since stays, with the reason."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import ForeignKey, ManyToOneRel, Model, QuerySet

from anlan.sheets import bulk
from anlan.sheets.choices import RowOutcome
from anlan.sheets.kinds import Kept

TOUCHED = "导入之后又被修改过，保留现在的内容。"
GONE = "记录已经不在，或者已不在您的管辖范围内。"
NEWER = "后来又导入更新过，请先撤销后来的那次导入。"


Column = tuple[str, Callable[[Sequence[Sequence[Any]]], Sequence[Any]]]
"""Its name, and what makes it of other columns."""


def undo(
    rows: QuerySet[Any],
    fields: Sequence[str],
    kept: Sequence[Kept],
    *,
    follows: Column | None = None,
    parts: Sequence[type[Model]] = (),
) -> dict[UUID, str]:
    """Undo ``kept`` within ``rows`` (what the actor may change). ``fields`` are the columns an import writes, ``follows``
    is made of them anew; a model without a ``version`` is compared with what the import left (``Kept.after``). ``parts``
    are models whose rows belong to the record and go with it. Returns why, for each record that stays."""
    model = rows.model
    versioned = "version" in {field.name for field in model._meta.fields}
    compared = fields if not versioned or any(one.outcome == RowOutcome.UPDATED for one in kept) else ()
    ids = [one.record_id for one in kept]
    found = rows.order_by("id").filter(bulk.among(model, "id", ids)).select_for_update(of=("self",))
    now = {row[0]: row for row in bulk.fetch(found, "id", "version" if versioned else "id", *compared)}
    reasons = {one.record_id: GONE for one in kept if one.record_id not in now}
    for one in kept:
        if (row := now.get(one.record_id)) is not None and (
            row[1] != one.version if versioned else left_as(fields, row[2:]) != one.after
        ):
            reasons[one.record_id] = TOUCHED
    free = [one for one in kept if one.record_id not in reasons]
    made = [one.record_id for one in free if one.outcome == RowOutcome.CREATED]
    while held := referring_to(model, made, besides=parts):  # what stays may hold what it lies in
        reasons |= held
        made = [made_id for made_id in made if made_id not in held]
    for part in parts:
        _delete_part(part, model, made)
    bulk.delete(model, made)
    changed = [one for one in free if one.outcome == RowOutcome.UPDATED]
    if changed:
        was = [_as_it_was(one, fields, now[one.record_id][2:]) for one in changed]
        columns: dict[str, Sequence[Any]] = dict(zip(("id", *fields), zip(*was, strict=True), strict=True))
        if follows is not None:
            columns[follows[0]] = follows[1](list(columns.values())[1:])
        bulk.Rows(model, list(columns), list(columns.values())).update()
    return reasons


def why_kept(
    model: type[Model],
    kept: Sequence[Kept],
    *,
    acted: Mapping[UUID, str],
    versions: Mapping[UUID, int],
    parts: Iterable[type[Model]] = (),
) -> dict[UUID, str]:
    """Why records of a process stay, where their kind undoes them itself: somebody has ``acted`` on them since, each with
    the reason; they are in none of the ``versions`` the actor may change; a later import brought them up to date; or
    something besides their ``parts`` hangs on what the import made."""
    made = [one.record_id for one in kept if one.outcome == RowOutcome.CREATED and one.record_id not in acted]
    reasons = referring_to(model, made, besides=parts)
    for one in kept:
        if one.record_id in acted:
            reasons[one.record_id] = acted[one.record_id]
        elif one.record_id not in versions:
            reasons[one.record_id] = GONE
        elif versions[one.record_id] != one.version:
            reasons[one.record_id] = NEWER
    return reasons


def left_as(fields: Sequence[str], values: Sequence[Any]) -> dict[str, Any]:
    """The columns as an import remembers them of a record without a version."""
    return {
        name: value if value is None or type(value) in (str, int, bool) else str(value)
        for name, value in zip(fields, values, strict=True)
    }


def _delete_part(part: type[Model], model: type[Model], ids: Collection[UUID]) -> None:
    for field in part._meta.concrete_fields:
        if field.related_model is model and ids:
            part._base_manager.filter(bulk.among(part, str(field.column), ids)).delete()


def _as_it_was(one: Kept, fields: Sequence[str], values: Sequence[Any]) -> list[Any]:
    before = one.before or {}
    return [one.record_id, *(before.get(name, value) for name, value in zip(fields, values, strict=True))]


def referring_to(model: type[Model], ids: Collection[UUID], *, besides: Iterable[type[Model]] = ()) -> dict[UUID, str]:
    """Which of the records other records hang on that are not among them, and what those are."""
    own = set(besides)
    words: dict[UUID, dict[str, None]] = defaultdict(dict)
    for reference in _references_to(model) if ids else ():
        referring: Any = reference.model
        if referring not in own:
            others = referring._base_manager.order_by().filter(bulk.among(referring, str(reference.column), ids))
            if referring is model:
                others = others.exclude(bulk.among(model, "id", ids))
            for record_id in others.values_list(reference.attname, flat=True).distinct():
                words[record_id][str(referring._meta.verbose_name)] = None
    return {record_id: f"已有{'、'.join(found)}关联到它，不能删除。" for record_id, found in words.items()}


def _references_to(model: type[Model]) -> list[ForeignKey[Any, Any]]:
    """Every foreign key to the model, those without a name from this side too."""
    relations = model._meta.get_fields(include_hidden=True)
    return [one.field for one in relations if isinstance(one, ManyToOneRel)]
