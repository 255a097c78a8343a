"""Imports as the API gives them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.urls import reverse
from ninja import Field, Schema
from pydantic import Json

from anlan.jobs import api as jobs
from anlan.sheets import selectors
from anlan.sheets.choices import ImportState
from anlan.sheets.models import SheetImport

Name = Annotated[str, Field(max_length=40)]
"""Of a column of the kind."""


class ImportIn(Schema):
    kind: str = Field(max_length=40, description="种类，见 GET /import-kinds")
    sheet: str = Field("", max_length=100, description="读哪张工作表；不写的，读表头最合的一张")
    has_header: bool | None = Field(None, description="有没有表头；不写的由系统判断。没有表头的，各列叫“第1列”“第2列”")
    mapping: Json[dict[str, Name | None]] | None = Field(
        None,
        description="JSON 对象：文件里的列名 → 对应到哪一项（GET /import-kinds 里各列的 name），null 为不导入这一列；"
        "没有写到的列由系统认。按单位记住，下次不用再写",
        examples=['{"单位": "name", "备注": null}'],
    )
    dry_run: bool = Field(False, description="只试算，不写入；之后用 confirm 导入")


class WorksheetOut(Schema):
    """A sheet of the file; one of them is read."""

    name: str
    row_count: int = Field(description="表头以下的行数")
    hidden_row_count: int = Field(description="其中隐藏的，也会导入")
    is_read: bool


class ImportColumnOut(Schema):
    name: str
    label: str
    required: bool
    synonyms: list[str]
    note: str


class ImportKindOut(Schema):
    code: str
    label: str
    key: str = Field(description="按什么认定是不是同一条")
    columns: list[ImportColumnOut]


class HeadingOut(Schema):
    """A column of the file, a few things in it, and the fact it is taken for; null: not read."""

    label: str
    samples: list[str]
    column: str | None


class BadRowOut(Schema):
    number: int = Field(description="原表行号")
    label: str
    reason: str


class ImportOut(Schema):
    """``job_url`` tells how far the latest work is. The counts are those of the dry run until it is imported."""

    id: UUID
    kind: str
    state: ImportState
    state_label: str = Field(alias="get_state_display")
    file_name: str
    row_count: int
    created_count: int
    updated_count: int
    unchanged_count: int
    bad_count: int
    remaining_count: int = Field(description="撤销时因已被引用或修改而保留的条数")
    merkle_root: str
    uploaded_at: datetime
    imported_at: datetime | None
    undone_at: datetime | None
    job_id: UUID | None
    job_url: str | None

    @staticmethod
    def resolve_job_url(entry: SheetImport) -> str | None:
        return job_url(entry)


class ImportJobOut(Schema):
    id: UUID
    state: str
    done: int
    total: int | None
    note: str
    error: str


class ImportDetail(ImportOut):
    sheets: list[WorksheetOut]
    has_header: bool = Field(description="没有表头的，各列叫“第1列”“第2列”，第一行就是数据")
    headings: list[HeadingOut]
    bad_rows: list[BadRowOut] = Field(alias="first_bad", description="最先的若干条；全部在 bad_rows_url 的文件里")
    bad_rows_url: str | None
    job: ImportJobOut | None

    @staticmethod
    def resolve_sheets(entry: SheetImport) -> list[dict[str, object]]:
        return [{**one, "is_read": one["name"] == entry.sheet_name} for one in entry.sheets]

    @staticmethod
    def resolve_headings(entry: SheetImport) -> list[dict[str, object]]:
        pairs = zip(entry.header, entry.mapping, strict=True)
        return [{**heading, "column": name or None} for heading, name in pairs]

    @staticmethod
    def resolve_bad_rows_url(entry: SheetImport) -> str | None:
        return reverse("sheets:bad-rows", args=[entry.id]) if entry.bad_count else None

    @staticmethod
    def resolve_job(entry: SheetImport) -> jobs.Job | None:
        return selectors.job_of(entry)


def job_url(entry: SheetImport) -> str | None:
    return reverse("api:job", args=[entry.job_id]) if entry.job_id else None
