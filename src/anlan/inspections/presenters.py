"""What pages and the API say of a check."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse

from anlan.authz.actors import Actor
from anlan.authz.choices import RegionLevel
from anlan.authz.permissions import Permission
from anlan.files import api as files
from anlan.hidden_dangers import api as loop
from anlan.inspections.ledger_words import in_words
from anlan.inspections.models import CheckRecord
from anlan.inspections.selectors import dangers_found
from anlan.inspections.sheets import COLUMNS as COLUMNS_OF_LEDGER
from anlan.inspections.workflow import PROCESS
from anlan.lib import clock
from anlan.processes import api as processes
from anlan.proofs import api as proofs
from anlan.register import api as register
from anlan.territory import api as territory
from anlan.ui.case import Photo, TimelineEntry
from anlan.ui.lists import Column

LABELS = {transition.verb: transition.label for transition in PROCESS.transitions}

COLUMNS = (
    Column("检查对象", width="wide"),
    Column("性质", width="narrow"),
    Column("检查单位"),
    Column("检查表"),
    Column("检查项", width="narrow", align="end"),
    Column("发现问题", width="narrow", align="end"),
    Column("时间", sort="started_at", width="narrow"),
)


@dataclass(frozen=True, slots=True)
class Row:
    check: CheckRecord
    url: str
    title: str
    list_name: str


def rows_of(checks: Iterable[CheckRecord]) -> list[Row]:
    """The checks as lines; asks the database nothing when they were read ``with_names``."""
    return [
        Row(
            check=check,
            url=url_of(check),
            title=title_of(check),
            list_name=check.checklist_version.checklist.name if check.checklist_version else "",
        )
        for check in checks
    ]


def url_of(check: CheckRecord) -> str:
    """A draft is gone on with, a record is read."""
    name = "inspections:fill" if check.status == "DRAFT" else "inspections:record"
    return reverse(name, args=[check.id])


def title_of(check: CheckRecord) -> str:
    """What was looked at: the object, the enterprise, else the place."""
    known = check.supervised_object or check.enterprise
    return known.name if known is not None else check.place


def paper_of(check: CheckRecord) -> str:
    """What its record is called on paper."""
    if check.is_inspection:
        return "现场检查记录"
    return "企业自查记录" if check.is_self_check else f"{check.get_act_class_display()}记录"


def may_open_enterprise(actor: Actor, check: CheckRecord) -> bool:
    """Whether its enterprise is a link: not for who sees the check from elsewhere."""
    return actor.can(Permission.ENTERPRISE_VIEW) and check.region_path.startswith(actor.region_path)


def may_open_object(actor: Actor, check: CheckRecord) -> bool:
    """Whoever sees the check need not see the object."""
    if check.supervised_object_id is None or not actor.can(Permission.OBJECT_VIEW):
        return False
    seen = register.supervised_objects(actor, register.ObjectFilters())
    return bool(seen.filter(id=check.supervised_object_id).exists())


@dataclass(frozen=True, slots=True)
class GridLine:
    """A grid with who looks after it: ``holders`` are the posts by label, each with its people, none for a vacancy."""

    grid: territory.Grid
    township: str
    holders: list[tuple[str, list[str]]]
    sites: int


def grid_lines_of(actor: Actor, grids: Sequence[territory.Grid]) -> list[GridLine]:
    """The grids as lines: two more queries."""
    ids = [grid.id for grid in grids]
    sites = register.counts_in_grids(actor, register.SITES, ids)
    people: dict[tuple[UUID, str], list[str]] = {}
    for member in territory.members_on(actor, clock.today(), grid_ids=ids):
        people.setdefault((member.grid_id, member.post), []).append(member.name)
    return [
        GridLine(
            grid=grid,
            township=_township_of(grid),
            holders=[(post.label, people.get((grid.id, post), [])) for post in territory.HOLDING_POSTS],
            sites=sites.get(grid.id, 0),
        )
        for grid in grids
    ]


def _township_of(grid: territory.Grid) -> str:
    region = grid.region
    return region.parent.name if region.level == RegionLevel.VILLAGE and region.parent else region.name


def findings_seen(actor: Actor, check: CheckRecord) -> list[loop.HiddenDanger]:
    """The hidden dangers the check found, as far as the actor sees them: one query."""
    wanted = dangers_found(check)
    if not wanted:
        return []
    rows = loop.hidden_dangers(actor, loop.Filters(), clock.today())
    return list(rows.filter(id__in=wanted).with_names().order_by("registered_at", "id"))


def timeline(actor: Actor, check: CheckRecord) -> list[TimelineEntry]:
    """What happened to the record, the newest first."""
    entries = [
        TimelineEntry(
            at=event.at,
            what=LABELS.get(event.verb, event.verb),
            who=event.actor_label,
            organisation=event.organisation_label,
            note=event.note,
            imported=event.imported_at is not None,
            receipt_url=proofs.receipt_url(actor, event),
        )
        for event in processes.history_of(check.id)
    ]
    return entries[::-1]


def stated(check: CheckRecord) -> list[tuple[str, str]]:
    """What the ledger's row says, under the names of its columns; nothing for what was not imported."""
    facts = check.stated or {}
    return [
        (column.label, in_words(column.name, facts[column.name]))
        for column in COLUMNS_OF_LEDGER
        if column.name in facts
    ]


def photos_of(check: CheckRecord) -> list[Photo]:
    found = files.files_of(PROCESS.subject_type, [check.id])[check.id]
    return [photo_of(file) for file in found if file.is_image]


def photo_of(file: files.StoredFile) -> Photo:
    return Photo(
        url=reverse("files:view", args=[file.id]),
        thumbnail_url=reverse("files:thumb", args=[file.id]),
        caption=file.get_kind_display(),
        taken_at=file.taken_at,
    )
