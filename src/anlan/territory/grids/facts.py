"""What is put down about a grid or a person in it, checked as a whole before anything is written."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, Self
from uuid import UUID

from anlan.authz.choices import Sector
from anlan.lib import hashing
from anlan.lib.refusals import FieldError, Invalid
from anlan.territory.choices import GridKind, GridLevel, GridPost
from anlan.territory.models import Grid

_PHONE = re.compile(r"[0-9+()\-－转 ]{5,30}")


@dataclass(frozen=True, kw_only=True)
class GridFacts:
    """Everything a person may put down about a grid. No ``code``: one is given. ``valid_from`` None: today."""

    name: str
    kind: str = GridKind.COMPREHENSIVE
    level: str = GridLevel.VILLAGE
    region_id: UUID
    code: str = ""
    parent_id: UUID | None = None
    sector: str = ""
    organisation_id: UUID | None = None
    valid_from: date | None = None

    @classmethod
    def of(cls, grid: Grid) -> Self:
        """What stands there now."""
        return cls(**{field.name: getattr(grid, field.name) for field in fields(cls)})

    def checked(self) -> Self:
        """The same, tidied. Raises Invalid (422) naming every bad field."""
        clean = replace(self, name=self.name.strip(), code=self.code.strip().upper())
        errors = [
            *_text("/name", clean.name, "网格名称", 60, needed=True),
            *_text("/code", clean.code, "网格编码", 40),
            *_choice("/kind", clean.kind, GridKind, "网格类别"),
            *_choice("/level", clean.level, GridLevel, "网格层级"),
        ]
        if clean.kind == GridKind.SECTOR:
            errors += _choice("/sector", clean.sector, Sector, "行业领域", "行业网格要选择行业领域。")
        elif clean.sector:
            errors.append(FieldError("/sector", "只有行业网格才有行业领域。"))
        if clean.kind == GridKind.MICRO and clean.parent_id is None:
            errors.append(FieldError("/parent", "微网格要选择它所在的网格。"))
        if errors:
            raise Invalid(errors)
        return clean


EDITABLE = frozenset({"name", "code", "parent_id", "organisation_id"})


@dataclass(frozen=True, kw_only=True)
class PersonInPost:
    """Who: an account, or a name with a phone. With an account, name and phone may be left to it."""

    name: str = ""
    phone: str = ""
    user_id: UUID | None = None

    def checked(self) -> Self:
        """The same, tidied. Raises Invalid (422) naming every bad field."""
        clean = replace(self, name=self.name.strip(), phone=self.phone.strip())
        errors = list(_text("/name", clean.name, "姓名", 60, needed=clean.user_id is None))
        if clean.user_id is None and not clean.phone:
            errors.append(FieldError("/phone", "没有账号的人员要填电话，出了事好找到人。"))
        elif clean.phone and not _PHONE.fullmatch(clean.phone):
            errors.append(FieldError("/phone", "电话只能是数字，可带区号、分机（如 0576-85123456 转 8）。"))
        if errors:
            raise Invalid(errors)
        return clean

    def concealed(self) -> dict[str, Any]:
        """Fit for the ledger: the account's id, and salted hashes of name and phone."""
        salt = hashing.new_salt()
        return {
            "user": self.user_id,
            "salt": salt,
            "name": hashing.salted_hash(self.name, salt),
            "phone": hashing.salted_hash(self.phone, salt),
        }


@dataclass(frozen=True, kw_only=True)
class Appointment:
    """A person to be put into a post; ``valid_to`` None: until further notice."""

    person: PersonInPost
    post: str
    valid_from: date
    valid_to: date | None = None

    def checked(self) -> Self:
        """The same, tidied. Raises Invalid (422) naming every bad field."""
        errors = list(_choice("/post", self.post, GridPost, "岗位"))
        if self.valid_to is not None and self.valid_to < self.valid_from:
            errors.append(FieldError("/valid_to", "离任日期不能早于任职日期。"))
        person = self.person
        try:
            person = self.person.checked()
        except Invalid as refusal:
            errors += refusal.errors
        if errors:
            raise Invalid(errors)
        return replace(self, person=person)


def difference(before: GridFacts | None, after: GridFacts) -> dict[str, Any]:
    """What changed, field by field; ``before`` is None for a new grid."""
    changes: dict[str, Any] = {}
    for field in fields(after):
        old = getattr(before, field.name) if before is not None else None
        new = getattr(after, field.name)
        if old != new and not (before is None and new in ("", None)):
            changes[field.name] = {"from": old, "to": new}
    return changes


def _text(pointer: str, value: str, label: str, longest: int, *, needed: bool = False) -> Iterable[FieldError]:
    if needed and not value:
        yield FieldError(pointer, f"请填写{label}。")
    elif len(value) > longest:
        yield FieldError(pointer, f"{label}不能超过 {longest} 个字。")


def _choice(pointer: str, value: str, choices: Any, label: str, missing: str = "") -> Iterable[FieldError]:
    if not value and missing:
        yield FieldError(pointer, missing)
    elif value not in choices.values:
        yield FieldError(pointer, f"{label}中没有“{value}”。")
