"""Reads of files."""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet

from anlan.authz.actors import Actor
from anlan.files.models import StoredFile
from anlan.files.subjects import is_seen
from anlan.lib.refusals import NotInScope
from anlan.reads.prepared import Ids, prepared

WHAT = "附件"


def files_of(subject_type: str, subject_ids: Iterable[UUID]) -> dict[UUID, list[StoredFile]]:
    """The files of each subject in the order they were uploaded, in one query; every id is a key.

    Whoever asks has read the subjects through a scope already.
    """
    found: dict[UUID, list[StoredFile]] = defaultdict(list)
    ids = Ids(subject_ids)
    for file in _files(subject_type, ids) if ids else ():
        if file.subject_id is not None:
            found[file.subject_id].append(file)
    return {subject_id: found[subject_id] for subject_id in ids}


@prepared
def _files(subject_type: str, subject_ids: Ids) -> QuerySet[StoredFile]:
    return StoredFile.objects.filter(subject_type=subject_type, subject_id__any=subject_ids).order_by("id")


def ids_of(subject_type: str) -> ArraySubquery:
    """The ids of the files of the row it annotates, in the order they were uploaded."""
    mine = StoredFile.objects.filter(subject_type=subject_type, subject_id=OuterRef("pk"))
    return ArraySubquery(mine.order_by("id").values("id"))


def file_for(actor: Actor, file_id: UUID) -> StoredFile:
    """The file if the actor sees its subject, or uploaded it and has not attached it yet. NotInScope (404)."""
    file = StoredFile.objects.filter(id=file_id).first()
    if file is None or not _may_see(actor, file):
        raise NotInScope(WHAT)
    return file


def own_uploads(actor: Actor, file_ids: Iterable[UUID]) -> QuerySet[StoredFile]:
    """Uploads of this person for this organisation, attached or not."""
    if actor.user_id is None or actor.organisation_id is None:
        return StoredFile.objects.none()
    return StoredFile.objects.filter(
        id__in=list(file_ids), uploaded_by_id=actor.user_id, organisation_id=actor.organisation_id
    )


def _may_see(actor: Actor, file: StoredFile) -> bool:
    if file.subject_id is None:
        return (file.uploaded_by_id, file.organisation_id) == (actor.user_id, actor.organisation_id)
    return is_seen(actor, file.subject_type, file.subject_id)
