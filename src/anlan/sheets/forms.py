"""What people choose: the kind and the file; then which column is which fact."""

from collections.abc import Sequence
from typing import Any

from django import forms

from anlan.authz.actors import Actor
from anlan.lib.refusals import Invalid
from anlan.sheets.kinds import Kind, kinds_for
from anlan.sheets.mapping import IGNORED
from anlan.sheets.models import SheetImport
from anlan.ui.choices import BLANK

ACCEPTED = ".xlsx,.xls,.ods"


class UploadForm(forms.Form):
    """A kind and a file."""

    kind = forms.ChoiceField(label="导入什么", error_messages={"required": "请选择导入什么。"})
    file = forms.FileField(
        label="表格文件",
        help_text="Excel（.xlsx、.xls）、WPS 另存的 .xlsx，或 .ods；最大 20 MB、10 万行。",
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPTED}),
        error_messages={"required": "请选择文件。", "empty": "文件是空的，请重新选择。"},
    )

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["kind"].choices = [BLANK, *((kind.code, kind.label) for kind in kinds_for(actor))]  # type: ignore[attr-defined]

    def take(self, refusal: Invalid) -> None:
        """Show why it was refused beside the field."""
        for error in refusal.errors:
            name = error.pointer.strip("/")
            self.add_error(name if name in self.fields else None, error.message)


class TableForm(forms.Form):
    """How the file is to be read; what is not said stays as it is."""

    sheet = forms.ChoiceField(label="工作表", required=False)
    has_header = forms.ChoiceField(
        label="表头", choices=[("yes", "有表头"), ("no", "没有表头，第一行就是数据")], required=False
    )

    def __init__(self, *args: Any, entry: SheetImport, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [(one["name"], f"{one['name']}（{one['row_count']} 行）") for one in entry.sheets]
        if len(choices) > 1:
            self.fields["sheet"].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields["sheet"]
        self.initial = {"sheet": entry.sheet_name, "has_header": "yes" if entry.has_header else "no"}

    def said(self) -> dict[str, Any]:
        """For the action. What is true of the header of one sheet says nothing of another."""
        sheet, header = self.cleaned_data.get("sheet") or "", self.cleaned_data["has_header"]
        moved = sheet not in ("", self.initial["sheet"]) and header == self.initial["has_header"]
        return {"sheet": sheet, "has_header": None if moved else (header or self.initial["has_header"]) == "yes"}


class MappingForm(forms.Form):
    """One choice for each heading of the file."""

    def __init__(
        self, *args: Any, kind: Kind, header: Sequence[dict[str, Any]], mapping: Sequence[str], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        facts = [(one.name, f"{one.label}（必填）" if one.required else one.label) for one in kind.columns]
        choices = [(IGNORED, "不导入这一列"), *facts]
        for position, (heading, name) in enumerate(zip(header, mapping, strict=True)):
            label = heading["label"] or f"第 {position + 1} 列"
            self.fields[f"column_{position}"] = forms.ChoiceField(
                label=label, choices=choices, required=False, initial=name
            )
        self.header = header

    def mapping(self) -> list[str]:
        return [self.cleaned_data.get(f"column_{position}", IGNORED) for position in range(len(self.header))]

    def lines(self) -> list[tuple[Any, str]]:
        """(bound field, a few things in the column) for each heading that says anything."""
        fields = list(self)
        pairs = zip(fields, self.header, strict=True)
        return [(field, "、".join(one["samples"])) for field, one in pairs if one["label"] or one["samples"]]
