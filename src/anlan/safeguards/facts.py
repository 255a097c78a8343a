"""What is put down about an event, checked as a whole."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Self

from anlan.lib.refusals import FieldError, Invalid
from anlan.safeguards.models import GuaranteedEvent

LONGEST = {"name": ("活动名称", 60), "place": ("地点", 120), "note": ("保障要求", 500)}


@dataclass(frozen=True, kw_only=True)
class EventFacts:
    name: str
    opens_on: date
    ends_on: date | None = None
    place: str = ""
    note: str = ""

    @classmethod
    def of(cls, event: GuaranteedEvent) -> Self:
        return cls(name=event.name, opens_on=event.opens_on, ends_on=event.ends_on, place=event.place, note=event.note)

    def checked(self) -> Self:
        """The same, tidied. Raises Invalid (422) naming every bad field."""
        clean = replace(self, **{name: getattr(self, name).strip() for name in LONGEST})
        errors = [] if clean.name else [FieldError("/name", "请填写活动名称。")]
        for name, (label, longest) in LONGEST.items():
            text = getattr(clean, name)
            if len(text) > longest:
                errors.append(FieldError(f"/{name}", f"{label}不能超过 {longest} 个字。"))
            if "\x00" in text:
                errors.append(FieldError(f"/{name}", f"{label}里有不能保存的字符。"))
        if clean.ends_on is not None and clean.ends_on < clean.opens_on:
            errors.append(FieldError("/ends_on", "闭幕日期不能早于开幕日期。"))
        if errors:
            raise Invalid(errors)
        return clean
