"""Evidence: the door for other slices."""

from anlan.files.actions import Position, attach, store
from anlan.files.models import Kind, StoredFile
from anlan.files.selectors import file_for, files_of
from anlan.files.subjects import register_subject

__all__ = ["Kind", "Position", "StoredFile", "attach", "file_for", "files_of", "register_subject", "store"]
