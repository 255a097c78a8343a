"""The accounts an administrator looks after, and what may be given to them."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Case, Exists, OuterRef, Prefetch, Q, QuerySet, Value, When

from anlan.accounts.choices import AccountState
from anlan.accounts.policies import roles_to_give
from anlan.authz.actors import Actor
from anlan.authz.choices import OrganisationKind
from anlan.authz.models import Grant, Organisation, Region, User
from anlan.authz.scope import in_subtree
from anlan.lib import clock
from anlan.lib.refusals import NotInScope


@dataclass(frozen=True)
class AccountFilters:
    """What a list of accounts is narrowed by."""

    text: str = ""
    organisation: str = ""
    role: str = ""
    state: str = ""


def accounts_within(actor: Actor, filters: AccountFilters | None = None) -> QuerySet[User]:
    """The accounts that act, or last acted, where the actor administers; who has moved elsewhere is no longer here."""
    ours = _ours(actor)
    theirs = Grant.objects.filter(user=OuterRef("id"))
    still = ~Exists(theirs.filter(_live()))
    found = User.objects.filter(Exists(theirs.filter(ours)), Exists(theirs.filter(ours, _live())) | still)
    return _narrowed(found, theirs.filter(ours), filters) if filters else found


def _narrowed(found: QuerySet[User], ours: QuerySet[Grant], filters: AccountFilters) -> QuerySet[User]:
    if filters.text:
        text = filters.text
        names = Q(username__icontains=text) | Q(display_name__icontains=text) | Q(phone__contains=text)
        found = found.filter(names)
    if filters.organisation:
        of = Q(organisation__name__icontains=filters.organisation) | Q(
            organisation__short_name__icontains=filters.organisation
        )
        found = found.filter(Exists(ours.filter(of)))
    if filters.role:
        found = found.filter(Exists(ours.filter(_live(), role=filters.role)))
    if filters.state:
        found = found.filter(_in_state(filters.state))
    return found


def _in_state(state: str) -> Q:
    has_grant = Q(Exists(Grant.objects.filter(_live(), user=OuterRef("id"))))
    active = Q(is_active=True)
    if state == AccountState.INACTIVE:
        return Q(is_active=False)
    if state == AccountState.TEMPORARY:
        return active & has_grant & Q(temporary_password_until__isnull=False)
    if state == AccountState.WITHOUT_GRANT:
        return active & ~has_grant
    return active & has_grant & Q(temporary_password_until=None)


def with_grants(rows: QuerySet[User], actor: Actor) -> QuerySet[User]:
    """``rows`` with the live grants that the actor administers as ``shown_grants``."""
    shown = Grant.objects.filter(_ours(actor), _live()).select_related("organisation", "region").order_by("valid_from")
    return rows.prefetch_related(Prefetch("grants", queryset=shown, to_attr="shown_grants"))


def account_within(actor: Actor, user_id: UUID) -> User:
    """One of them, or NotInScope (404)."""
    user = accounts_within(actor).filter(id=user_id).first()
    if user is None:
        raise NotInScope("账号")
    return user


def lock_account(actor: Actor, user_id: UUID) -> User:
    """The same, locked. The system finds everybody."""
    rows = User.objects.all() if actor.is_system else accounts_within(actor)
    user = rows.select_for_update(of=("self",)).filter(id=user_id).first()
    if user is None:
        raise NotInScope("账号")
    return user


def live_grants(user_id: UUID) -> list[Grant]:
    """The grants of a user in force today or later, wherever they are."""
    return list(Grant.objects.select_related("organisation__region").filter(_live(), user_id=user_id))


def grants_of_account(actor: Actor, user_id: UUID) -> QuerySet[Grant]:
    """Every grant of a user, past ones too, that the actor administers, the latest first."""
    return grants_within(actor).filter(_ours(actor), user_id=user_id).order_by("-valid_from", "-id")


def grants_within(actor: Actor) -> QuerySet[Grant]:
    """Every grant, past ones too, of the organisations in the actor's region."""
    loaded = Grant.objects.select_related("user", "organisation__region", "region")
    return loaded.filter(in_subtree("organisation__region__path", actor.region_path))


def organisation_within(actor: Actor, organisation_id: UUID) -> Organisation:
    """An organisation in the actor's region, or NotInScope (404)."""
    organisation = _organisations(actor).filter(id=organisation_id).first()
    if organisation is None:
        raise NotInScope("单位")
    return organisation


def organisations_to_choose(actor: Actor, text: str) -> QuerySet[Organisation]:
    """Organisations a grant may be given in, organs before enterprises."""
    found = _organisations(actor).filter(valid_to=None)
    if text:
        found = found.filter(Q(name__icontains=text) | Q(short_name__icontains=text))
    organs_first = Case(When(kind=OrganisationKind.ENTERPRISE, then=Value(1)), default=Value(0))
    return found.order_by(organs_first, "path")


def region_within(actor: Actor, region_id: UUID) -> Region:
    """A region in the actor's, or NotInScope (404)."""
    region = Region.objects.filter(in_subtree("path", actor.region_path), id=region_id).first()
    if region is None:
        raise NotInScope("区域")
    return region


def regions_of(organisation: Organisation) -> QuerySet[Region]:
    """The organisation's region and those directly below it."""
    return Region.objects.filter(Q(id=organisation.region_id) | Q(parent_id=organisation.region_id), valid_to=None)


def user_by_name(username: str) -> User:
    """The user with that sign-in name, or NotInScope (404)."""
    user = User.objects.filter(username=username).first()
    if user is None:
        raise NotInScope("账号")
    return user


def _organisations(actor: Actor) -> QuerySet[Organisation]:
    return Organisation.objects.select_related("region").filter(in_subtree("region__path", actor.region_path))


def _ours(actor: Actor) -> Q:
    return in_subtree("organisation__region__path", actor.region_path) & Q(role__in=roles_to_give(actor))


def _live() -> Q:
    return Q(valid_to=None) | Q(valid_to__gte=clock.today())
