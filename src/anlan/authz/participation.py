"""Taking part in a matter: the second half of every scope."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef

from anlan.authz.choices import OrganisationKind
from anlan.authz.models import Organisation, Participation
from anlan.lib import clock


def take_part(*, matter_id: UUID, organisation: Organisation, kind: str, region_path: str) -> None:
    """Let the organisation see the matter from now on. Idempotent."""
    take_part_together(matter_id=matter_id, parts=[(organisation, kind)], region_path=region_path)


def take_part_together(*, matter_id: UUID, parts: Iterable[tuple[Organisation, str]], region_path: str) -> None:
    """The same for several organisations, each in its part, in one statement."""
    rows = [
        Participation(
            matter_id=matter_id,
            organisation=organisation,
            kind=kind,
            organisation_path=organisation.path,
            region_path=region_path,
            since=clock.now(),
        )
        for organisation, kind in parts
    ]
    Participation.objects.bulk_create(rows, ignore_conflicts=True)


def leave_since(matter_id: UUID, since: datetime) -> None:
    """Take back every participation that began at or after ``since``: the step that brought it was withdrawn."""
    Participation.objects.filter(matter_id=matter_id, since__gte=since).delete()


def follow(matter_id: UUID, region_path: str) -> None:
    """The matter lies elsewhere now, and its participations with it."""
    Participation.objects.filter(matter_id=matter_id).update(region_path=region_path)


def lies_elsewhere() -> Exists:
    """Whether a participation in the row it annotates has another region than the row."""
    mine = Participation.objects.filter(matter_id=OuterRef("pk"))
    return Exists(mine.exclude(region_path=OuterRef("region_path")))


def has_other_than_enterprises() -> Exists:
    """Whether anybody but enterprises takes part in the row it annotates."""
    mine = Participation.objects.filter(matter_id=OuterRef("pk"))
    return Exists(mine.exclude(organisation__kind=OrganisationKind.ENTERPRISE))


def takes_any_part(organisation: str) -> Exists:
    """Whether the organisation whose id stands in that column takes part in the row it annotates."""
    return Exists(Participation.objects.filter(matter_id=OuterRef("pk"), organisation_id=OuterRef(organisation)))


def forget(matter_ids: Collection[UUID]) -> None:
    """Take back every participation in matters that are gone: they were entered by mistake."""
    Participation.objects.filter(matter_id__in=list(matter_ids)).delete()


def participants(matter_id: UUID) -> list[Participation]:
    """Everyone who takes part, the earliest first, with their organisations."""
    return list(
        Participation.objects.filter(matter_id=matter_id).select_related("organisation").order_by("since", "id")
    )


def takes_part(organisation: str, kind: str) -> Exists:
    """Whether the organisation whose id stands in that column takes part in the row as ``kind``."""
    return part_in("pk", organisation, kind)


def part_in(matter: str, organisation: str, kind: str) -> Exists:
    """The same for the matter whose id stands in the column ``matter``."""
    mine = Participation.objects.filter(matter_id=OuterRef(matter), organisation_id=OuterRef(organisation))
    return Exists(mine.filter(kind=kind))


def paths_of(matter_ids: Iterable[UUID]) -> dict[UUID, set[str]]:
    """The paths of the organisations that take part in each of the matters, in one query."""
    found: dict[UUID, set[str]] = defaultdict(set)
    rows = Participation.objects.filter(matter_id__in=list(matter_ids))
    for matter_id, path in rows.values_list("matter_id", "organisation_path"):
        found[matter_id].add(path)
    return found


def kinds_of(matter_ids: Iterable[UUID]) -> dict[UUID, set[tuple[str, UUID]]]:
    """(kind, organisation) of everyone who takes part in each of the matters, in one query."""
    found: dict[UUID, set[tuple[str, UUID]]] = defaultdict(set)
    rows = Participation.objects.filter(matter_id__in=list(matter_ids))
    for matter_id, kind, organisation_id in rows.values_list("matter_id", "kind", "organisation_id"):
        found[matter_id].add((kind, organisation_id))
    return found
