"""Tags the components are made with; pages use the components."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, FileInput, RadioSelect, Select
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from anlan.lib import phones
from anlan.ui import assets, lists, marks

register = template.Library()


@register.simple_tag
def vite(name: str, scripts: bool = True) -> SafeString:
    """The style sheets and the module of an entry point; pages that must stand without scripts leave them out."""
    entry = assets.entry(name)
    return format_html(
        "{}{}{}",
        format_html_join("", '<link rel="stylesheet" href="{}">', ((url,) for url in entry.styles)),
        format_html_join("", '<link rel="modulepreload" href="{}">', ((url,) for url in entry.preloads if scripts)),
        format_html_join("", '<script type="module" src="{}"></script>', ((url,) for url in entry.scripts if scripts)),
    )


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon of the sheet; with *label* it is read aloud, without it is decoration."""
    if not name:
        return SafeString("")
    spoken = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    return format_html('<svg class="icon" {}><use href="{}#{}"></use></svg>', spoken, assets.icon_sheet(), name)


@register.simple_tag
def tick(key: Any, *words: Any, form: str = "") -> SafeString:
    """The cell that ticks a row of ``<c-table select>``, called by what is in the row; *form* is the id of its form."""
    return format_html(
        '<td class="check"><input type="checkbox" class="form-check-input" name="ids" value="{}"{} aria-label="选择 {}"'
        ' x-on:change="tally"></td>',
        key,
        format_html(' form="{}"', form) if form else "",
        " ".join(str(word) for word in words),
    )


@register.simple_tag
def phone_links(written: Any) -> SafeString:
    """A link for each telephone number; what is no number stays text."""
    found = phones.numbers(str(written or ""))
    if not found:
        return format_html("{}", written or "")
    links = ((phones.dialled(number), number) for number in found)
    return format_html_join(phones.BETWEEN, '<a class="nowrap" href="tel:{}">{}</a>', links)


@register.simple_tag
def attributes(attrs: Any, **defaults: Any) -> SafeString:
    """A component's remaining attributes, escaped; cotton's own ``{{ attrs }}`` does not escape values."""
    given = attrs.attrs_dict() if hasattr(attrs, "attrs_dict") else dict(attrs or {})
    return format_html_join(
        "",
        " {}{}",
        (
            (name, "" if value is True else format_html('="{}"', value))
            for name, value in {**defaults, **given}.items()
            if value not in (False, None)
        ),
    )


@register.simple_tag
def status_mark(status: Any) -> marks.Mark:
    return _mark(marks.STATUSES, status)


@register.simple_tag
def level_mark(level: Any, proposed: Any = False) -> marks.Mark:
    return marks.LEVELS["MAJOR_PROPOSED"] if proposed and str(level) != "MAJOR" else _mark(marks.LEVELS, level)


@register.simple_tag
def risk_mark(colour: Any) -> marks.Mark:
    return _mark(marks.RISKS, colour)


@register.simple_tag
def due_mark(
    due_on: date | datetime, today: date | None = None, finished_on: date | None = None, past: str = "逾期"
) -> marks.Mark:
    day = timezone.localdate(due_on) if isinstance(due_on, datetime) else due_on
    return marks.due_mark(day, today=today or timezone.localdate(), finished_on=finished_on, past=past)


@register.simple_tag
def loop_steps(status: str, reached: Mapping[str, date] | None = None, ended_at: str = "") -> Any:
    return marks.loop_steps(str(status), reached=reached or None, ended_at=ended_at or "核定")


@register.simple_tag
def next_sort(current: str, key: str) -> str:
    return lists.next_sort(current or "", key)


@register.filter
def sorted_as(current: str, key: str) -> str:
    """The value of ``aria-sort`` for a column."""
    return {key: "ascending", f"-{key}": "descending"}.get(current or "", "none")


@register.filter
def kind_of(field: BoundField) -> str:
    widget = field.field.widget
    if isinstance(widget, (RadioSelect, CheckboxSelectMultiple)):
        return "choices"
    if isinstance(widget, CheckboxInput):
        return "checkbox"
    return "file" if isinstance(widget, FileInput) else "control"


@register.simple_tag
def control(field: BoundField, **extra: Any) -> SafeString:
    """The widget with the theme's classes and the ids of its help and error."""
    widget = field.field.widget
    kind = kind_of(field)
    attrs = dict(extra)
    if kind == "control":
        select = isinstance(widget, Select)
        theirs = widget.attrs.get("class", "")
        attrs["class"] = " ".join(
            filter(None, ["form-select" if select else "form-control", theirs, "is-invalid" if field.errors else ""])
        )
    elif kind == "checkbox":
        attrs["class"] = "form-check-input"
    described = [f"{field.auto_id}_help"] if field.help_text else []
    described += [f"{field.auto_id}_error"] if field.errors else []
    if described:
        attrs["aria-describedby"] = " ".join(described)
    return field.as_widget(attrs=attrs)


@register.filter
def grouped(number: Any) -> str:
    """86,000 — in threes, as money is written; Django's Chinese locale groups in fours. Words stay as they are."""
    if isinstance(number, str):
        return number or "—"
    return "—" if number is None else f"{number:,}".removesuffix(".00")


@register.filter
def percent_of(part: Any, whole: Any) -> str:
    """Whole percent, or — when there is nothing to divide by."""
    return f"{int(part) * 100 // int(whole)}%" if whole else "—"


def _mark(table: Mapping[str, marks.Mark], key: Any) -> marks.Mark:
    """An unknown key is shown as it is: a page must not fail on a word added elsewhere."""
    return table.get(str(getattr(key, "value", key))) or marks.Mark(str(key), "grey", "question-circle")
