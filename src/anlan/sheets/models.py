"""Imports, what they left behind row by row, and what an office calls its columns. All stand behind the wall."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from anlan.authz.fields import PathField
from anlan.authz.permissions import Permission
from anlan.authz.scope import ScopeColumns, ScopedModel
from anlan.lib import ids
from anlan.sheets.choices import ImportState, RowOutcome


class SheetImport(ScopedModel):
    """One file that came in. ``mapping`` holds a column's name for each heading, in the order of the file; ``sheets`` are
    the sheets to be seen in it with the number of their rows and of the hidden ones, ``sheet_name`` is the one that is read.

    The counts are those of the latest check, and from IMPORTED on of the import. ``job_id`` is the latest job;
    ``merkle_root`` is over the leaf hashes of the imported rows and stands in the ledger.
    """

    view_permission = Permission.SHEET_IMPORT
    scope_columns = ScopeColumns(organisation="organisation_path", matter=None)

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    kind = models.CharField("种类", max_length=40)
    region_path = PathField()
    organisation = models.ForeignKey("authz.Organisation", models.PROTECT, related_name="+", verbose_name="导入单位")
    organisation_path = PathField()
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="导入人")
    uploaded_at = models.DateTimeField("上传时间")
    file_name = models.CharField("文件名", max_length=200)
    extension = models.CharField(max_length=4)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField("大小（字节）")
    sheet_name = models.CharField("工作表", max_length=100, blank=True)
    sheets = models.JSONField(default=list)
    has_header = models.BooleanField("有表头", default=True)
    header = models.JSONField(default=list)
    mapping = models.JSONField(default=list)
    state = models.CharField("状态", max_length=10, choices=ImportState, default=ImportState.UPLOADED)
    job_id = models.UUIDField(null=True)
    row_count = models.PositiveIntegerField("行数", default=0)
    created_count = models.PositiveIntegerField("新增", default=0)
    updated_count = models.PositiveIntegerField("更新", default=0)
    unchanged_count = models.PositiveIntegerField("未变", default=0)
    bad_count = models.PositiveIntegerField("有误", default=0)
    first_bad = models.JSONField(default=list)
    salt = models.CharField(max_length=32, blank=True)
    merkle_root = models.CharField(max_length=64, blank=True)
    imported_at = models.DateTimeField("导入时间", null=True)
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField("撤销时间", null=True)
    remaining_count = models.PositiveIntegerField("撤销后保留", default=0)

    class Meta:
        verbose_name = "导入"
        ordering = ("-id",)
        indexes = [models.Index(fields=["organisation_path", "-id"], name="sheet_import_organisation")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[ImportState.UPLOADED, ImportState.CHECKED], imported_at=None, imported_by=None)
                | Q(
                    state__in=[ImportState.IMPORTED, ImportState.UNDONE],
                    imported_at__isnull=False,
                    imported_by__isnull=False,
                ),
                name="sheet_import_imported_with_its_time",
            ),
            models.CheckConstraint(
                condition=Q(state=ImportState.UNDONE) ^ Q(undone_at=None), name="sheet_import_undone_with_its_time"
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def other_sheets(self) -> list[str]:
        """What else is in the file and is not read."""
        return [one["name"] for one in self.sheets if one["name"] != self.sheet_name]

    @property
    def hidden_row_count(self) -> int:
        """Hidden rows of the sheet that is read, as far as known."""
        return sum(one["hidden_row_count"] for one in self.sheets if one["name"] == self.sheet_name)

    @property
    def has_broken_formulas(self) -> bool:
        return any(one["has_broken_formulas"] for one in self.sheets if one["name"] == self.sheet_name)

    @property
    def good_count(self) -> int:
        return self.created_count + self.updated_count + self.unchanged_count

    @property
    def change_count(self) -> int:
        """How many records the import makes or changes."""
        return self.created_count + self.updated_count


class ImportedRow(ScopedModel):
    """What one row of the file became. ``before`` are the columns it changed as they were, ``after`` as it left them
    (only where the record has no version to tell by). ``remaining`` says why undoing left the record as it is."""

    view_permission = Permission.SHEET_IMPORT
    scope_columns = ScopeColumns(matter=None)

    id = models.BigAutoField(primary_key=True)
    # checked once a statement, see anlan.authz.references
    sheet_import = models.ForeignKey(
        SheetImport, models.CASCADE, related_name="rows", db_index=False, db_constraint=False
    )
    region_path = PathField()
    number = models.PositiveIntegerField("行号")
    outcome = models.CharField(max_length=8, choices=RowOutcome)
    record_id = models.UUIDField()
    label = models.CharField("名称", max_length=120)
    version = models.PositiveIntegerField(default=0)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    leaf_hash = models.BinaryField(max_length=32)
    remaining = models.CharField("保留原因", max_length=200, blank=True)

    class Meta:
        ordering = ("id",)
        indexes = [models.Index(fields=["sheet_import", "id"], name="imported_row_of_import")]

    def __str__(self) -> str:
        return f"{self.number} {self.label}"


class ColumnMemory(ScopedModel):
    """What an office's headings of a kind mean: ``meanings`` from the bare heading to the column's name, "" for ignored."""

    view_permission = Permission.SHEET_IMPORT
    scope_columns = ScopeColumns(matter=None)

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    organisation = models.ForeignKey("authz.Organisation", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    region_path = PathField()
    meanings = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "kind"], name="column_memory_once")]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.kind}"
