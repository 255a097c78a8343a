"""The fixed cast: a small world that every test knows, built by the real actions.

``cast`` is Zhejiang 33 › Taizhou 3310 with two counties:

- 临海 331082 (ours): 古城街道 331082001 and 大洋街道 331082002 with two communities each; all organs of the template
- 温岭 331081 (the outsider): one township; all organs of the template

===========  =============================================  ===================================
name         role                                           organisation
===========  =============================================  ===================================
city         COMMITTEE_OFFICE in 3310                       台州市安委办
county       COMMITTEE_OFFICE in 331082                     临海安委办
leader       LEADER in 331082                               临海政府
dept         DEPARTMENT_INSPECTOR                           临海应急局
dept2        DEPARTMENT_INSPECTOR                           临海住建局
fire         DEPARTMENT_INSPECTOR                           临海消防大队
market       DEPARTMENT_INSPECTOR                           临海市监局
special      SPECIAL_COMMITTEE_OFFICE, fire sector          临海消防专委办
town         TOWNSHIP_OFFICE in 古城街道                    古城街道
town2        TOWNSHIP_OFFICE in 大洋街道                    大洋街道
village      VILLAGE_GRID_MEMBER in 文化社区                文化社区
firm         ENTERPRISE_OFFICER                             enterprise in 古城街道, with a site
firm2        ENTERPRISE_OFFICER                             enterprise in 大洋街道, with a site
expert       EXPERT                                         an agency of 临海
other        COMMITTEE_OFFICE in 331081                     温岭安委办
other_dept   DEPARTMENT_INSPECTOR                           温岭应急局
other_firm   ENTERPRISE_OFFICER                             enterprise in 温岭, with a site
===========  =============================================  ===================================

Each is an attribute of type ``Actor``; ``cast.users[name]`` and ``cast.grants[name]`` are behind it.
"""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from anlan.authz.actors import Actor, actor_of, system_actor
from anlan.authz.choices import OrganisationKind, Sector
from anlan.authz.models import Grant, Organisation, Region, User
from anlan.authz.scope import acting
from anlan.organisations.actions import create_organisation, load_organisations
from anlan.organisations.selectors import regions_below
from anlan.organisations.template import read_template
from anlan.register import api as register
from anlan.register.choices import PersonPost
from anlan.territory.actions import load_regions
from anlan.territory.reference import Division

TEMPLATES = Path(__file__).parents[2] / "data" / "reference" / "organisation-templates"
COUNTRY = Region(name="全国", path="/", wall_path="/")
DIVISIONS = [
    Division("33", "浙江省"),
    Division("3310", "台州市"),
    Division("331081", "温岭市"),
    Division("331082", "临海市"),
    Division("331081001", "太平街道"),
    Division("331082001", "古城街道"),
    Division("331082002", "大洋街道"),
    Division("331082001001", "文化社区"),
    Division("331082001002", "井头社区"),
    Division("331082002001", "高桥社区"),
    Division("331082002002", "大洋社区"),
]
FIRMS = {
    # key: (region, home county's key, name, short name, credit code, sectors)
    "firm": ("331082001001", "county", "临海市江南机械制造有限公司", "江南机械", "91331082553892615A", "INDUSTRY FIRE"),
    "firm2": (
        "331082002001",
        "county",
        "临海市东湖化工有限公司",
        "东湖化工",
        "91331082704719231X",
        "HAZARDOUS_CHEMICALS",
    ),
    "other_firm": ("331081001", "other", "温岭市太平鞋业有限公司", "太平鞋业", "91331081MA2AK3QX03", "INDUSTRY"),
}
PEOPLE = {
    # name: (role, display name, organisation, region)
    "city": ("COMMITTEE_OFFICE", "郑市安", "台州市安委办", "3310"),
    "county": ("COMMITTEE_OFFICE", "陈安委", "临海安委办", "331082"),
    "leader": ("LEADER", "林县长", "临海政府", "331082"),
    "dept": ("DEPARTMENT_INSPECTOR", "王应急", "临海应急局", "331082"),
    "dept2": ("DEPARTMENT_INSPECTOR", "李住建", "临海住建局", "331082"),
    "fire": ("DEPARTMENT_INSPECTOR", "赵消防", "临海消防大队", "331082"),
    "market": ("DEPARTMENT_INSPECTOR", "钱市监", "临海市监局", "331082"),
    "special": ("SPECIAL_COMMITTEE_OFFICE", "孙专委", "临海消防专委办", "331082"),
    "town": ("TOWNSHIP_OFFICE", "周古城", "古城街道", "331082001"),
    "town2": ("TOWNSHIP_OFFICE", "吴大洋", "大洋街道", "331082002"),
    "village": ("VILLAGE_GRID_MEMBER", "冯网格", "文化社区", "331082001001"),
    "expert": ("EXPERT", "卫专家", "安达技术", "331082"),
    "other": ("COMMITTEE_OFFICE", "蒋温岭", "温岭安委办", "331081"),
    "other_dept": ("DEPARTMENT_INSPECTOR", "沈温岭", "温岭应急局", "331081"),
}


@dataclass
class Cast:
    """The world and the people in it. ``regions`` by code, ``organisations`` by short name, the rest by name above."""

    regions: dict[str, Region] = field(default_factory=dict)
    organisations: dict[str, Organisation] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    grants: dict[str, Grant] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)
    enterprises: dict[str, register.Enterprise] = field(default_factory=dict)
    sites: dict[str, register.Site] = field(default_factory=dict)

    city: Actor = field(init=False)
    county: Actor = field(init=False)
    leader: Actor = field(init=False)
    dept: Actor = field(init=False)
    dept2: Actor = field(init=False)
    fire: Actor = field(init=False)
    market: Actor = field(init=False)
    special: Actor = field(init=False)
    town: Actor = field(init=False)
    town2: Actor = field(init=False)
    village: Actor = field(init=False)
    firm: Actor = field(init=False)
    firm2: Actor = field(init=False)
    expert: Actor = field(init=False)
    other: Actor = field(init=False)
    other_dept: Actor = field(init=False)
    other_firm: Actor = field(init=False)

    def system(self, code: str = "331082") -> Actor:
        """The system acting in the region of that code."""
        return system_actor(self.regions[code])

    def add(self, name: str, role: str, display_name: str, organisation: Organisation, region: Region) -> Actor:
        """Another person with one grant; the first of that name also becomes an attribute."""
        user = User.objects.create(username=name, display_name=display_name, phone="13800000000")
        grant = grant_to(user, role, organisation, region)
        self.users[name], self.grants[name], self.actors[name] = user, grant, actor_of(grant)
        setattr(self, name, self.actors[name])
        return self.actors[name]


def grant_to(user: User, role: str, organisation: Organisation, region: Region, **more: Any) -> Grant:
    """A grant in force since 2020."""
    return Grant.objects.create(
        user=user, role=role, organisation=organisation, region=region, valid_from=date(2020, 1, 1), **more
    )


def build_cast() -> Cast:
    """Build the world in the present database; about 0.3 s."""
    cast = Cast()
    _build_regions(cast)
    _build_organisations(cast)
    for name, (role, display_name, organisation, region) in PEOPLE.items():
        cast.add(name, role, display_name, cast.organisations[organisation], cast.regions[region])
    cast.grants["special"].sectors = [Sector.FIRE]
    cast.grants["special"].save()
    cast.special = cast.actors["special"] = actor_of(cast.grants["special"])
    for key in FIRMS:
        _build_firm(cast, key)
    return cast


def _build_regions(cast: Cast) -> None:
    actor = system_actor(COUNTRY)
    with acting(actor):
        load_regions(actor=actor, divisions=DIVISIONS)
    cast.regions = {region.code: region for region in Region.objects.filter(code__startswith="33")}


def _build_organisations(cast: Cast) -> None:
    for code, template in (("3310", "city"), ("331082", "county"), ("331081", "county")):
        region, actor = cast.regions[code], cast.system(code)
        below = regions_below(region) if template == "county" else []
        plan = read_template(TEMPLATES / f"{template}.toml").plan(region, below)
        with acting(actor):
            load_organisations(actor=actor, region=region, plan=plan)
    with acting(cast.system()):
        create_organisation(
            actor=cast.system(),
            kind=OrganisationKind.AGENCY,
            name="临海安达安全技术服务有限公司",
            short_name="安达技术",
            region=cast.regions["331082"],
        )
    cast.organisations = {one.short_name: one for one in Organisation.objects.select_related("region")}


def _build_firm(cast: Cast, key: str) -> None:
    code, home, name, short_name, credit_code, sectors = FIRMS[key]
    region, actor = cast.regions[code], cast.actors[home]
    with acting(actor):
        enterprise = register.register_enterprise(
            actor=actor,
            facts=register.EnterpriseFacts(
                name=name,
                short_name=short_name,
                region_id=region.id,
                unified_social_credit_code=credit_code,
                legal_representative=f"{short_name}老板",
                phone="0576-85110000",
                industry_code="3311",
                above_designated_size=True,
                employee_count=120,
                registered_address=f"{region.name}工业路 1 号",
            ),
        )
        enterprise = register.open_enterprise_organisation(actor=actor, enterprise_id=enterprise.id)
        cast.sites[key] = register.register_site(
            actor=actor,
            enterprise_id=enterprise.id,
            facts=register.SiteFacts(
                name=f"{short_name}厂区",
                address=f"{region.name}工业路 1 号",
                region_id=region.id,
                people=(register.PersonFacts(name="韩安全", post=PersonPost.SAFETY_MANAGER, phone="13900000000"),),
                sectors=tuple(sectors.split()),
            ),
        )
    cast.enterprises[key] = enterprise
    assert enterprise.organisation is not None
    organisation = Organisation.objects.select_related("region").get(id=enterprise.organisation_id)
    cast.organisations[short_name] = organisation
    cast.add(key, "ENTERPRISE_OFFICER", f"{short_name}安全员", organisation, region)
