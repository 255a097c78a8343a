"""Evidence: the door for other slices."""

from anlan.files.actions import Position, attach, store
from anlan.files.evidence import Evidence, EvidenceField, EvidenceInput
from anlan.files.models import Kind, StoredFile
from anlan.files.selectors import file_for, files_of, ids_of, own_uploads
from anlan.files.subjects import register_subject

__all__ = [
    "Evidence",
    "EvidenceField",
    "EvidenceInput",
    "Kind",
    "Position",
    "StoredFile",
    "attach",
    "file_for",
    "files_of",
    "ids_of",
    "own_uploads",
    "register_subject",
    "store",
]
