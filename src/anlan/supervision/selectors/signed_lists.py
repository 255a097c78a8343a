"""隐患清单: who keeps one, what stands in it now, and whether that is still what was signed.

The content is the same whoever asks: it is read as the system inside the county, behind the same wall.
"""

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import date
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from anlan.authz.actors import Actor, system_actor_for
from anlan.authz.choices import OrganisationKind, RegionLevel
from anlan.authz.models import Organisation
from anlan.authz.scope import in_subtree
from anlan.hidden_dangers import api as loop
from anlan.ledger.api import LedgerEntry
from anlan.lib import hashing
from anlan.lib.refusals import Refused
from anlan.organisations import api as organisations
from anlan.supervision.choices import ListLevel
from anlan.supervision.models import SignedList, SignedListRow
from anlan.supervision.periods import Period

LEVELS: dict[tuple[str, str], ListLevel] = {
    (OrganisationKind.COMMITTEE_OFFICE, RegionLevel.CITY): ListLevel.CITY,
    (OrganisationKind.COMMITTEE_OFFICE, RegionLevel.COUNTY): ListLevel.COUNTY,
    (OrganisationKind.TOWNSHIP, RegionLevel.TOWNSHIP): ListLevel.TOWNSHIP,
    (OrganisationKind.VILLAGE, RegionLevel.VILLAGE): ListLevel.VILLAGE,
}
_KEEPERS = (
    OrganisationKind.COMMITTEE_OFFICE,
    OrganisationKind.TOWNSHIP,
    OrganisationKind.VILLAGE,
    OrganisationKind.ENTERPRISE,
)
_ABOVE = (OrganisationKind.TOWNSHIP_OFFICE, OrganisationKind.DIVISION)
EVENT = "signed_list.signed"


@dataclass(frozen=True)
class Row:
    """A matter as a line of a list; the fields after the first are what is signed."""

    hidden_danger_id: UUID
    number: str
    description: str
    place: str
    level: str
    party: str
    lead: str
    due_on: date | None
    status: str


@dataclass(frozen=True)
class Change:
    """A line that is not what was signed; ``what`` says how: 新增, 不再在册, or field by field."""

    number: str
    description: str
    what: Sequence[tuple[str, str, str]]


LABELS = {
    "number": "编号",
    "description": "隐患描述",
    "place": "地点",
    "level": "等级",
    "party": "责任主体",
    "lead": "主办单位",
    "due_on": "整改期限",
    "status": "期末状态",
}


def level_of(organisation: Organisation) -> ListLevel | None:
    """The level at which an organisation keeps a list, None when it keeps none; its region must be loaded."""
    if organisation.kind == OrganisationKind.ENTERPRISE:
        return ListLevel.ENTERPRISE
    return LEVELS.get((organisation.kind, organisation.region.level))


def keeper_for(actor: Actor) -> Organisation:
    """The organisation whose list the actor answers for: the government's is kept by its 安委办, a township's office's by
    the township. Raises Refused (409) when there is none."""
    own: Organisation | None = organisations.organisation_of(actor)
    if own is not None and own.kind == OrganisationKind.GOVERNMENT:
        own = organisations.committee_office_of(own.region)
    elif own is not None and own.kind in _ABOVE:
        own = organisations.superior_of(own)
    if own is None or level_of(own) is None:
        raise Refused("keeps_no_list", "隐患清单由市、县安委办，乡镇（街道），村（社区）和企业编制，您所在的单位没有。")
    return own


def keepers_below(actor: Actor, level: ListLevel) -> QuerySet[Organisation]:
    """The organisations of a level inside the actor's region, other than the actor's own."""
    wanted = {made: key for key, made in LEVELS.items()}.get(level, (OrganisationKind.ENTERPRISE, ""))
    found = organisations.visible_organisations(actor).filter(
        in_subtree("region__path", actor.region_path), kind=wanted[0]
    )
    found = found.filter(region__level=wanted[1]) if wanted[1] else found
    return found.exclude(path=actor.organisation_path).order_by("region__path", "path")


def unsigned_below(actor: Actor, level: ListLevel, period: Period) -> QuerySet[Organisation]:
    """Those of them that have not signed their list of the period."""
    same = {"period_kind": period.kind, "starts_on": period.first}
    signed = SignedList.objects.visible_to(actor).filter(**same).order_by().values("organisation_id")
    return keepers_below(actor, level).exclude(id__in=signed)


def rows_now(keeper: Organisation, period: Period) -> list[Row]:
    """What the list holds now, in one query."""
    return rows_by_keeper([keeper], period, within=keeper.region.path)[keeper.id]


def rows_by_keeper(keepers: Iterable[Organisation], period: Period, *, within: str) -> dict[UUID, list[Row]]:
    """The same for many of one level, in one query over the region they lie in."""
    rows = loop.hidden_dangers(system_actor_for(within), loop.Filters(region_path=within), period.last)
    rows = rows.standing_in(period.first, period.last).select_related("party_enterprise", "party_organisation", "lead")
    found: dict[UUID, list[Row]] = {keeper.id: [] for keeper in keepers}
    of_region = {k.region.path: k.id for k in keepers if k.kind != OrganisationKind.ENTERPRISE}
    for matter in rows.order_by("registered_at", "id"):
        for path in _paths_of(matter.region_path) if of_region else ():
            if path in of_region:
                found[of_region[path]].append(_row(matter))
        party = matter.party_enterprise.organisation_id if matter.party_enterprise else None
        # An enterprise learns of a matter when it is dispatched.
        if not of_region and party in found and matter.dispatched_at is not None:
            found[party].append(_row(matter))
    return found


def _paths_of(path: str) -> list[str]:
    parts = path.split("/")[:-1]
    return ["/".join(parts[: end + 1]) + "/" for end in range(len(parts))]


def _row(matter: loop.HiddenDanger) -> Row:
    stood_at = getattr(matter, "stood_at", None) or matter.status
    return Row(
        hidden_danger_id=matter.id,
        number=matter.number,
        description=matter.description,
        place=matter.place,
        level=matter.get_level_display() or "未定",
        party=loop.party_name(matter),
        lead=matter.lead.name if matter.lead else "",
        due_on=matter.due_on,
        status=str(loop.Status(stood_at).label),
    )


def content_hash(organisation_id: UUID, period: Period, rows: Sequence[Row]) -> str:
    """SHA-256 over the list's whole content in canonical form (lib.hashing), as hexadecimal."""
    content = {
        "v": 1,
        "organisation": organisation_id,
        "period": period.code,
        "rows": [astuple(row) for row in rows],
    }
    return hashing.leaf_hash(content).hex()


def signed_lists(actor: Actor) -> QuerySet[SignedList]:
    """The signed lists the actor sees, the latest first."""
    return SignedList.objects.visible_to(actor).select_related("organisation__region", "signed_by")


def signed_list(actor: Actor, list_id: UUID) -> SignedList:
    """One signed list with its rows: two queries; NotInScope (404) outside the scope."""
    rows = Prefetch("rows", SignedListRow.objects.order_by("position"))
    found: SignedList = signed_lists(actor).prefetch_related(rows).get_visible(actor, id=list_id)  # type: ignore[attr-defined]
    return found


def editions(actor: Actor, organisation_id: UUID, period: Period) -> list[SignedList]:
    """Every edition of one list, the latest first."""
    same = {"organisation_id": organisation_id, "period_kind": period.kind, "starts_on": period.first}
    return list(signed_lists(actor).filter(**same).order_by("-edition"))


def latest_editions(actor: Actor, organisation_ids: Iterable[UUID], period: Period) -> dict[UUID, SignedList]:
    """The edition in force of each, in one query."""
    same = {"organisation_id__in": list(organisation_ids), "period_kind": period.kind, "starts_on": period.first}
    return {one.organisation_id: one for one in signed_lists(actor).filter(**same).order_by("edition")}


def period_of(signed: SignedList) -> Period:
    return Period.of(signed.starts_on, signed.period_kind)  # type: ignore[arg-type]


def rows_as_signed(signed: SignedList) -> list[Row]:
    """The lines as they were signed; they were read with the list."""
    names = [field.name for field in fields(Row)]
    return [Row(**{name: getattr(row, name) for name in names}) for row in signed.rows.all()]


def is_sound(signed: SignedList) -> bool:
    """Whether the stored lines still give the hash that was signed, and the ledger holds the same."""
    computed = content_hash(signed.organisation_id, period_of(signed), rows_as_signed(signed))
    entry = LedgerEntry.objects.filter(subject_id=signed.id, event=EVENT).first()
    return entry is not None and computed == signed.content_hash == entry.payload["content_hash"]


def changes_since(signed: SignedList) -> list[Change]:
    """What is different now from what was signed; empty while the signature stands."""
    before = {row.hidden_danger_id: row for row in rows_as_signed(signed)}
    after = {row.hidden_danger_id: row for row in rows_now(signed.organisation, period_of(signed))}
    changes = [
        Change(row.number, row.description, [("", "", "新增")]) for key, row in after.items() if key not in before
    ]
    for key, old in before.items():
        new = after.get(key)
        if new is None:
            changes.append(Change(old.number, old.description, [("", "", "不再在册")]))
        elif new != old:
            changes.append(Change(old.number, old.description, _fields(old, new)))
    return changes


def _fields(old: Row, new: Row) -> list[tuple[str, str, str]]:
    pairs = ((label, getattr(old, name), getattr(new, name)) for name, label in LABELS.items())
    return [(label, str(was or "—"), str(now or "—")) for label, was, now in pairs if was != now]
