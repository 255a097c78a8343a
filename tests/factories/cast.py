"""The fixed cast: two counties of one city, and the people who act there. 县级乙 is always the outsider."""

from dataclasses import dataclass
from datetime import date

from anlan.authz.actors import Actor, actor_of
from anlan.authz.choices import OrganisationKind, RegionLevel
from anlan.authz.models import Grant, Organisation, Region, User

PASSWORD = "Shui-Luo-Shi-Chu-2026"
SINCE = date(2020, 1, 1)


@dataclass
class Cast:
    """Regions by name, and one grant for each member."""

    city: Region
    county: Region
    township: Region
    other_county: Region
    leader: Grant
    office: Grant
    department: Grant
    town: Grant
    village: Grant
    enterprise: Grant
    outsider: Grant

    def actor(self, name: str) -> Actor:
        return actor_of(getattr(self, name))


def make_cast() -> Cast:
    """Enter everybody. The tables of authz are not behind the wall, so this needs no ``acting``."""
    city = make_region("330100", "安江市", RegionLevel.CITY, None)
    county = make_region("330101", "甲县", RegionLevel.COUNTY, city)
    township = make_region("330101001", "临水镇", RegionLevel.TOWNSHIP, county)
    village = make_region("330101001001", "上村", RegionLevel.VILLAGE, township)
    other = make_region("330102", "乙县", RegionLevel.COUNTY, city)
    return Cast(
        city=city,
        county=county,
        township=township,
        other_county=other,
        leader=make_grant("lingdao", "LEADER", make_organisation("甲县人民政府", OrganisationKind.GOVERNMENT, county)),
        office=make_grant(
            "anweiban", "COMMITTEE_OFFICE", make_organisation("甲县安委办", OrganisationKind.COMMITTEE_OFFICE, county)
        ),
        department=make_grant(
            "yingji", "DEPARTMENT_INSPECTOR", make_organisation("甲县应急局", OrganisationKind.DEPARTMENT, county)
        ),
        town=make_grant(
            "zhenyingji",
            "TOWNSHIP_OFFICE",
            make_organisation("临水镇应急办", OrganisationKind.TOWNSHIP_OFFICE, township),
        ),
        village=make_grant(
            "wangge", "VILLAGE_GRID_MEMBER", make_organisation("上村", OrganisationKind.VILLAGE, village)
        ),
        enterprise=make_grant(
            "qiye", "ENTERPRISE_OFFICER", make_organisation("临水化工", OrganisationKind.ENTERPRISE, township)
        ),
        outsider=make_grant(
            "waixian", "COMMITTEE_OFFICE", make_organisation("乙县安委办", OrganisationKind.COMMITTEE_OFFICE, other)
        ),
    )


def make_region(code: str, name: str, level: RegionLevel, parent: Region | None) -> Region:
    path = f"{parent.path if parent else ''}{code}/"
    is_below_county = level in (RegionLevel.TOWNSHIP, RegionLevel.VILLAGE)
    wall_path = parent.wall_path if parent and is_below_county else path
    return Region.objects.create(code=code, name=name, level=level, parent=parent, path=path, wall_path=wall_path)


def make_organisation(name: str, kind: OrganisationKind, region: Region) -> Organisation:
    return Organisation.objects.create(kind=kind, name=name, short_name=name, path=f"{name}/", region=region)


def make_grant(username: str, role: str, organisation: Organisation, *, user: User | None = None) -> Grant:
    if user is None:
        user = User(username=username, display_name=f"{organisation.name}的人")
        user.set_password(PASSWORD)
        user.save()
    return Grant.objects.create(
        user=user, role=role, organisation=organisation, region=organisation.region, valid_from=SINCE
    )
