"""Photos and papers in a form. What was uploaded once is kept by its id, so that a second try loses nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile

from anlan.authz.actors import Actor
from anlan.files import actions
from anlan.files.models import StoredFile
from anlan.lib.ids import as_id
from anlan.lib.refusals import Invalid

KEPT = "_kept"


@dataclass
class Evidence:
    """Ids of uploads kept from an earlier try, and the new uploads."""

    kept: list[UUID] = field(default_factory=list)
    uploads: Sequence[UploadedFile] = ()

    def __bool__(self) -> bool:
        return bool(self.kept or self.uploads)


class EvidenceInput(forms.FileInput):
    """The file input ``name`` with hidden inputs ``name_kept`` beside it."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Evidence:
        uploads = files.getlist(name) if hasattr(files, "getlist") else []
        texts = data.getlist(name + KEPT) if hasattr(data, "getlist") else []
        return Evidence(kept=[found for text in texts if (found := as_id(text))], uploads=uploads)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in files and name + KEPT not in data


class EvidenceField(forms.Field):
    """Several files. ``store`` turns new uploads into kept ones; the command takes the ids."""

    widget = EvidenceInput
    takes_evidence = True

    def __init__(self, *, kind: str, max_files: int = 9, photos_only: bool = True, **options: Any) -> None:
        self.kind, self.max_files, self.photos_only = kind, max_files, photos_only
        super().__init__(**options)

    def clean(self, value: Evidence) -> Evidence:
        if self.required and not value:
            raise forms.ValidationError("请至少上传一张照片。" if self.photos_only else "请上传文件。")
        if len(value.kept) + len(value.uploads) > self.max_files:
            raise forms.ValidationError(f"最多 {self.max_files} 个文件。")
        return value

    def store(self, actor: Actor, evidence: Evidence) -> tuple[list[StoredFile], list[str]]:
        """Keep every upload; what is refused is said, the others stay."""
        stored, errors = [], []
        for upload in evidence.uploads:
            try:
                stored.append(actions.store(actor=actor, upload=upload, kind=self.kind))
            except Invalid as refusal:
                errors.append(f"{upload.name}：{refusal.reason}")
        return stored, errors
