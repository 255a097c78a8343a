"""An import as its page shows it: where it stands, what may be done next."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from anlan.authz.actors import Actor
from anlan.jobs import api as jobs
from anlan.sheets import selectors
from anlan.sheets.choices import ImportState
from anlan.sheets.kinds import Kind
from anlan.sheets.models import ImportedRow, SheetImport

STEPS = ("选文件", "核对列", "试算", "导入")
_REACHED = {ImportState.UPLOADED: 1, ImportState.CHECKED: 2, ImportState.IMPORTED: 4, ImportState.UNDONE: 4}
_BARS = {"QUEUED": "waiting", "RUNNING": "running", "DONE": "done"}
SHOWN = 50


@dataclass(frozen=True)
class Step:
    label: str
    look: str
    """done | current | empty"""


@dataclass(frozen=True)
class ImportPage:
    """``may_act``: whether the acting office brought the file. ``busy``: a job is under way."""

    entry: SheetImport
    kind: Kind | None
    job: jobs.Job | None
    may_act: bool
    remaining: Sequence[ImportedRow]

    @property
    def busy(self) -> bool:
        return self.job is not None and self.job.is_open

    @property
    def failed(self) -> str:
        """Why the latest job came to nothing; empty when it did not."""
        if self.job is None or self.job.state not in ("FAILED", "CANCELLED"):
            return ""
        return self.job.error or "任务已取消，没有任何内容被修改。"

    @property
    def bar(self) -> str:
        return _BARS.get(self.job.state, "failed") if self.job else ""

    @property
    def steps(self) -> list[Step]:
        reached = _REACHED[ImportState(self.entry.state)]
        if self.busy and self.entry.state == ImportState.CHECKED:
            reached = 3
        elif self.busy and self.entry.state == ImportState.UPLOADED:
            reached = 2
        looks = ("done" if at < reached else "current" if at == reached else "" for at in range(len(STEPS)))
        return [Step(label, look) for label, look in zip(STEPS, looks, strict=True)]

    @property
    def to_undo(self) -> int:
        """How many rows an undo would take back."""
        if self.entry.state == ImportState.IMPORTED:
            return self.entry.change_count
        return self.entry.remaining_count

    @property
    def undo_label(self) -> str:
        return "撤销整批" if self.entry.state == ImportState.IMPORTED else "再撤销保留的"

    @property
    def has_bad_rows_file(self) -> bool:
        return bool(self.entry.bad_count) and self.entry.state != ImportState.UNDONE

    @property
    def more_bad(self) -> int:
        return self.entry.bad_count - len(self.entry.first_bad)

    @property
    def knows_no_column(self) -> bool:
        return not any(self.entry.mapping)

    @property
    def first_headings(self) -> str:
        """What stands in the row taken for the header."""
        return "、".join(word for one in self.entry.header if (word := one["label"]))[:60]

    @property
    def list_url(self) -> str:
        return reverse(self.kind.list_url) if self.kind and self.kind.list_url else ""


def page_of(actor: Actor, entry: SheetImport) -> ImportPage:
    """Everything the page of an import shows."""
    left = list(selectors.remaining(actor, entry)[:SHOWN]) if entry.remaining_count else []
    return ImportPage(
        entry=entry,
        kind=selectors.kind_to_show(entry.kind),
        job=selectors.job_of(entry),
        may_act=entry.organisation_id == actor.organisation_id,
        remaining=left,
    )
