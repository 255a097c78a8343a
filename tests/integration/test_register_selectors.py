"""Who sees which enterprises and sites, and how lists are narrowed."""

import pytest

from anlan.authz.choices import Sector
from anlan.authz.scope import acting
from anlan.ledger.models import LedgerEntry
from anlan.lib.refusals import NotInScope
from anlan.register import api as register
from anlan.register.api import EnterpriseFilters, SiteFilters
from anlan.register.choices import OperatingStatus
from anlan.register.models import Enterprise, Site, SitePerson, SiteRegulator
from tests.factories.cast import FIRMS, Cast

SIGHT = {
    "city": {"firm", "firm2", "other_firm"},
    "county": {"firm", "firm2"},
    "leader": {"firm", "firm2"},
    "dept": {"firm", "firm2"},
    "special": {"firm", "firm2"},
    "town": {"firm"},
    "town2": {"firm2"},
    "village": {"firm"},
    "firm": {"firm"},
    "firm2": {"firm2"},
    "expert": set(),
    "other": {"other_firm"},
    "other_dept": {"other_firm"},
    "other_firm": {"other_firm"},
}


@pytest.mark.parametrize("name", SIGHT)
def test_who_sees_which(cast: Cast, name: str) -> None:
    actor = cast.actors[name]
    with acting(actor):
        enterprises = {one.id for one in register.enterprises(actor, EnterpriseFilters())}
        sites = {one.id for one in register.sites(actor, SiteFilters())}
        for key in FIRMS:
            if key in SIGHT[name]:
                assert register.enterprise(actor, cast.enterprises[key].id).id == cast.enterprises[key].id
                assert register.site(actor, cast.sites[key].id).id == cast.sites[key].id
            else:
                with pytest.raises(NotInScope):
                    register.enterprise(actor, cast.enterprises[key].id)
                with pytest.raises(NotInScope):
                    register.site(actor, cast.sites[key].id)
    assert enterprises == {cast.enterprises[key].id for key in SIGHT[name]}
    assert sites == {cast.sites[key].id for key in SIGHT[name]}


@pytest.mark.parametrize("model", [Enterprise, Site, SitePerson, SiteRegulator])
def test_the_wall_stands_without_a_selector(cast: Cast, model) -> None:
    """Another county's rows are not there even when nobody filters; without an actor there are none at all."""
    assert model.objects.count() == 0
    with acting(cast.other):
        paths = set(model.objects.values_list("region_path", flat=True))
        assert paths
        assert all(path.startswith("33/10/81/") for path in paths)
        assert model.objects.filter(region_path__startswith="33/10/82/").update(region_path="33/10/81/") == 0
        assert model.objects.filter(region_path__startswith="33/10/82/").delete()[0] == 0
    with acting(cast.city):
        assert {path[:9] for path in model.objects.values_list("region_path", flat=True)} == {"33/10/81/", "33/10/82/"}


def test_the_ledger_stays_behind_the_wall(cast: Cast) -> None:
    with acting(cast.other):
        assert not LedgerEntry.objects.filter(subject_id=cast.enterprises["firm"].id).exists()
        assert LedgerEntry.objects.filter(subject_id=cast.enterprises["other_firm"].id).exists()


def test_a_township_sees_the_enterprise_of_a_site_in_it(cast: Cast) -> None:
    firm = cast.enterprises["firm"]
    with acting(cast.county):
        here = register.register_site(
            actor=cast.county,
            enterprise_id=firm.id,
            facts=register.SiteFacts(
                name="大洋分厂", address="大洋街道 9 号", region_id=cast.regions["331082002002"].id
            ),
        )
    with acting(cast.town2):
        seen = {one.id for one in register.enterprises(cast.town2, EnterpriseFilters())}
        assert seen == {firm.id, cast.enterprises["firm2"].id}
        assert [one.id for one in register.sites_with_people(cast.town2, firm.id)] == [here.id]
        assert register.edit_enterprise(actor=cast.town2, enterprise_id=firm.id, changes={"employee_count": 5})


@pytest.mark.parametrize(
    ("narrowed", "found"),
    [
        ({}, {"firm", "firm2"}),
        ({"q": "机械"}, {"firm"}),
        ({"q": "东湖化工"}, {"firm2"}),
        ({"q": "2704719231x"}, {"firm2"}),
        ({"q": "工业路"}, {"firm", "firm2"}),
        ({"q": "85110000"}, {"firm", "firm2"}),
        ({"q": "江南机械老板"}, {"firm"}),
        ({"q": "没有这家"}, set()),
        ({"q": "%"}, set()),
        ({"region_path": "33/10/82/002/"}, {"firm2"}),
        ({"region_path": "33/10/81/"}, set()),
        ({"industry": "C"}, {"firm", "firm2"}),
        ({"industry": "33"}, {"firm", "firm2"}),
        ({"industry": "26"}, set()),
        ({"above_designated_size": True}, {"firm", "firm2"}),
        ({"above_designated_size": False}, set()),
        ({"status": OperatingStatus.CLOSED}, set()),
        ({"sector": Sector.FIRE}, {"firm"}),
        ({"sector": Sector.HAZARDOUS_CHEMICALS}, {"firm2"}),
    ],
)
def test_narrowing_enterprises(cast: Cast, narrowed: dict, found: set[str]) -> None:
    with acting(cast.county):
        rows = register.enterprises(cast.county, EnterpriseFilters(**narrowed))
        assert {one.id for one in rows} == {cast.enterprises[key].id for key in found}


@pytest.mark.parametrize(
    ("narrowed", "found"),
    [
        ({"q": "江南"}, {"firm"}),
        ({"q": "井头"}, set()),
        ({"sector": Sector.FIRE}, {"firm"}),
        ({"status": OperatingStatus.OPERATING}, {"firm", "firm2"}),
        ({"region_path": "33/10/82/001/001/"}, {"firm"}),
        ({"unregulated": True}, set()),
    ],
)
def test_narrowing_sites(cast: Cast, narrowed: dict, found: set[str]) -> None:
    with acting(cast.county):
        rows = register.sites(cast.county, SiteFilters(**narrowed))
        assert {one.id for one in rows} == {cast.sites[key].id for key in found}


def test_what_nobody_regulates(cast: Cast) -> None:
    with acting(cast.county):
        register.edit_site(actor=cast.county, site_id=cast.sites["firm2"].id, changes={"sectors": ()})
        [orphan] = register.sites(cast.county, SiteFilters(unregulated=True))
    assert orphan.id == cast.sites["firm2"].id


def test_reading_costs_the_same_for_many(cast: Cast, django_assert_num_queries) -> None:
    firm = cast.enterprises["firm"]
    with acting(cast.county):
        for number in range(5):
            register.register_site(
                actor=cast.county,
                enterprise_id=firm.id,
                facts=register.SiteFacts(
                    name=f"{number} 号仓库",
                    address="古城街道",
                    region_id=cast.regions["331082001002"].id,
                    sectors=(Sector.FIRE, Sector.GAS),
                    people=(register.PersonFacts(name="甲", post="CONTACT"),),
                ),
            )
        with django_assert_num_queries(3):
            sites = register.sites_with_people(cast.county, firm.id)
            assert [one.organisation.short_name for site in sites for one in site.regulators.all()]
            assert [str(person) for site in sites for person in site.people.all()]
            assert [(site.region.parent, site.local_unit.name) for site in sites]
        with django_assert_num_queries(1):
            assert [one.site_count for one in register.enterprises(cast.county, EnterpriseFilters()).with_site_count()]
