"""What an administrator fills in, checked once whoever sends it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from anlan.lib.refusals import FieldError, Invalid

USERNAME = re.compile(r"[\w.@+-]{2,60}")
PHONE = re.compile(r"[0-9+() -]{5,20}")


@dataclass(frozen=True, kw_only=True)
class PersonFacts:
    """Who an account is for."""

    username: str
    display_name: str
    phone: str = ""

    def checked(self) -> "PersonFacts":
        """Itself, or Invalid (422) with all that is wrong."""
        errors = list(self._errors())
        if errors:
            raise Invalid(errors)
        return self

    def _errors(self) -> Iterator[FieldError]:
        if not USERNAME.fullmatch(self.username):
            yield FieldError("/username", "用户名为 2 至 60 个汉字、字母、数字或 . @ + - _，不能有空格。")
        if not self.display_name.strip() or len(self.display_name) > 60:
            yield FieldError("/display_name", "请填写姓名，最多 60 个字。")
        if self.phone and not PHONE.fullmatch(self.phone):
            yield FieldError("/phone", "手机号码只能由数字、空格、+ 和 - 组成。")


@dataclass(frozen=True, kw_only=True)
class GrantFacts:
    """What a person may act as. ``region_id`` is the organisation's own when it is left out."""

    role: str
    organisation_id: UUID
    region_id: UUID | None = None
    sectors: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
