"""Everybody who acts in the demo: the ten logins, and people without a password in the other organisations."""

from dataclasses import dataclass
from datetime import date
from zlib import crc32

from anlan.accounts import api as accounts
from anlan.authz.actors import Actor, actor_of, system_actor
from anlan.authz.choices import OrganisationKind
from anlan.authz.models import Organisation
from anlan.authz.scope import acting
from anlan.demo.places import World
from anlan.lib.refusals import NotInScope

ROLES = {
    OrganisationKind.GOVERNMENT: "LEADER",
    OrganisationKind.COMMITTEE_OFFICE: "COMMITTEE_OFFICE",
    OrganisationKind.DEPARTMENT: "DEPARTMENT_INSPECTOR",
    OrganisationKind.FIRE_RESCUE: "DEPARTMENT_INSPECTOR",
    OrganisationKind.SPECIAL_COMMITTEE_OFFICE: "SPECIAL_COMMITTEE_OFFICE",
    OrganisationKind.TOWNSHIP: "TOWNSHIP_OFFICE",
    OrganisationKind.VILLAGE: "VILLAGE_GRID_MEMBER",
    OrganisationKind.ENTERPRISE: "ENTERPRISE_OFFICER",
}
IN_OFFICE_SINCE = date(2020, 1, 1)
LIVELY_TOWNSHIPS = ("331082001", "331082002")
"""Only the villages of these take part in the story; the rest have their place in the tree."""


@dataclass(frozen=True)
class Person:
    username: str
    display_name: str
    password: str | None = None


LOGINS = {
    # short name of the organisation: (sign-in name, display name)
    "临海政府": ("leader", "林县长（演示）"),
    "临海安委办": ("county", "陈安（演示）"),
    "临海应急局": ("dept", "王应急（演示）"),
    "临海住建局": ("dept2", "李住建（演示）"),
    "古城街道": ("town", "周古城（演示）"),
    "大洋街道": ("town2", "吴大洋（演示）"),
    "文化社区": ("village", "冯网格（演示）"),
    "台州市安委办": ("city", "郑市安（演示）"),
    "温岭安委办": ("other", "蒋温岭（演示）"),
}


def settle(world: World, password: str | None) -> None:
    """Give every organisation that acts a first person and, except in villages, a colleague."""
    for organisation in world.organisations:
        if organisation.kind in ROLES and organisation.kind != OrganisationKind.ENTERPRISE and _is_lively(organisation):
            world.actors[organisation.id] = employ(organisation, _first(organisation, password))
            if organisation.kind != OrganisationKind.VILLAGE:
                world.colleagues[organisation.id] = employ(organisation, _colleague(organisation))


def employ(organisation: Organisation, person: Person) -> Actor:
    """Let the person act for the organisation; one who is there already stays as they are."""
    system = system_actor(organisation.region)
    with acting(system):
        try:
            user = accounts.user_by_name(person.username)
        except NotInScope:
            user = accounts.create_user(
                actor=system,
                username=person.username,
                display_name=person.display_name,
                password=person.password,
                phone=_phone(person.username),
            )
        grants = accounts.grants_of(user.id)
        if not grants:
            accounts.grant_role(
                actor=system,
                user_id=user.id,
                role=ROLES[OrganisationKind(organisation.kind)],
                organisation_id=organisation.id,
                valid_from=IN_OFFICE_SINCE,
            )
            grants = accounts.grants_of(user.id)
    return actor_of(grants[0])


def officer_of(organisation: Organisation) -> Person:
    """The safety officer of an enterprise without a login of its own."""
    return Person(f"demo-{_segment(organisation)}", "企业安全员（演示）")


def _first(organisation: Organisation, password: str | None) -> Person:
    if organisation.short_name in LOGINS:
        return Person(*LOGINS[organisation.short_name], password)
    return Person(f"demo-{_segment(organisation)}", f"{organisation.short_name[:8]}经办（演示）")


def _colleague(organisation: Organisation) -> Person:
    return Person(f"demo-{_segment(organisation)}-2", f"{organisation.short_name[:8]}同事（演示）")


def _phone(username: str) -> str:
    """The same for a person each time, and nobody's: whoever looks after a grid can be called."""
    return f"1990002{crc32(username.encode()) % 10_000:04d}"


def _segment(organisation: Organisation) -> str:
    return organisation.path.strip("/").rsplit("/", 1)[-1]


def _is_lively(organisation: Organisation) -> bool:
    return organisation.kind != OrganisationKind.VILLAGE or organisation.region.code.startswith(LIVELY_TOWNSHIPS)
