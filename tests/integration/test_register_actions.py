"""The register's actions: what they write, what they refuse, what they leave in the ledger."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from anlan.authz.actors import Actor
from anlan.authz.choices import OrganisationKind, Sector
from anlan.authz.models import Organisation, Participation
from anlan.authz.scope import acting
from anlan.ledger.models import LedgerEntry
from anlan.lib.refusals import Forbidden, Invalid, NotInScope, Refused, Stale
from anlan.register import api as register
from anlan.register.choices import PersonPost, SourceCrs
from anlan.register.models import Enterprise, Site, SitePerson, SiteRegulator
from tests.factories.cast import FIRMS, Cast

CODE = "91331082MA2K3XQ59U"
PERSONAL = ("掌柜", "13712345678", "韩安全", "13900000000")


def facts(cast: Cast, region: str = "331082001", **more: Any) -> register.EnterpriseFacts:
    return register.EnterpriseFacts(
        **{
            "name": "临海市望江五金厂",
            "region_id": cast.regions[region].id,
            "legal_representative": "掌柜",
            "phone": "13712345678",
            **more,
        }
    )


def site_facts(cast: Cast, region: str = "331082001001", **more: Any) -> register.SiteFacts:
    return register.SiteFacts(
        **{"name": "二号仓库", "address": "古城街道望江路 2 号", "region_id": cast.regions[region].id, **more}
    )


@contextmanager
def refused_at(*pointers: str) -> Iterator[None]:
    with pytest.raises(Invalid) as caught:
        yield
    assert [error.pointer for error in caught.value.errors] == list(pointers)


def entry_of(subject: Enterprise | Site) -> LedgerEntry:
    found = LedgerEntry.objects.filter(subject_id=subject.id).last()
    assert found is not None
    return found


class TestRegisterEnterprise:
    def test_with_its_code(self, cast: Cast) -> None:
        with acting(cast.town):
            enterprise = register.register_enterprise(
                actor=cast.town,
                facts=facts(cast, unified_social_credit_code=" 9133-1082 ma2k3xq59u", industry_code="c"),
            )
            entry = entry_of(enterprise)
        assert (enterprise.number, enterprise.own_no) == (CODE, None)
        assert (enterprise.region_path, enterprise.wall_path) == ("33/10/82/001/", "33/10/82/")
        assert enterprise.industry is not None
        assert enterprise.industry.name == "制造业"
        assert entry.event == "enterprise.registered"
        assert entry.region_path == enterprise.region_path
        assert entry.payload["changes"]["unified_social_credit_code"] == {"from": None, "to": CODE}

    def test_without_a_code_it_gets_a_temporary_number(self, cast: Cast) -> None:
        with acting(cast.town):
            enterprise = register.register_enterprise(actor=cast.town, facts=facts(cast))
            later = register.edit_enterprise(
                actor=cast.town, enterprise_id=enterprise.id, changes={"unified_social_credit_code": CODE}
            )
        assert enterprise.number.startswith("L331082-")
        assert (later.number, later.own_no) == (CODE, enterprise.own_no)

    def test_no_personal_text_in_the_ledger(self, cast: Cast) -> None:
        with acting(cast.county):
            register.register_enterprise(actor=cast.county, facts=facts(cast))
            payloads = repr(list(LedgerEntry.objects.values_list("payload", flat=True)))
        assert not [text for text in PERSONAL if text in payloads]
        assert "salt" in payloads

    def test_every_bad_field_is_named(self, cast: Cast) -> None:
        bad = facts(
            cast,
            name="  ",
            short_name="长" * 41,
            phone="打店里",
            status="OPEN",
            unified_social_credit_code="1234",
            employee_count=-1,
        )
        with refused_at("/name", "/short_name", "/phone", "/status", "/unified_social_credit_code", "/employee_count"):
            register.register_enterprise(actor=cast.county, facts=bad)

    def test_an_unknown_industry(self, cast: Cast) -> None:
        with acting(cast.county), refused_at("/industry"):
            register.register_enterprise(actor=cast.county, facts=facts(cast, industry_code="9999"))

    def test_a_code_twice_in_a_county(self, cast: Cast) -> None:
        with acting(cast.town):
            with refused_at("/unified_social_credit_code"):
                register.register_enterprise(
                    actor=cast.town, facts=facts(cast, unified_social_credit_code=FIRMS["firm2"][4])
                )
            assert Enterprise.objects.filter(unified_social_credit_code=FIRMS["firm2"][4]).count() == 1

    def test_the_code_of_another_county_reveals_nothing(self, cast: Cast) -> None:
        with acting(cast.town):
            mine = register.register_enterprise(
                actor=cast.town, facts=facts(cast, unified_social_credit_code=FIRMS["other_firm"][4])
            )
        with acting(cast.city):
            both = Enterprise.objects.filter(unified_social_credit_code=FIRMS["other_firm"][4])
            assert {one.id for one in both} == {mine.id, cast.enterprises["other_firm"].id}

    @pytest.mark.parametrize("region", ["331082002", "331082", "331081001"])
    def test_not_outside_the_own_region(self, cast: Cast, region: str) -> None:
        with acting(cast.town):
            before = Enterprise.objects.count()
            with pytest.raises(NotInScope):
                register.register_enterprise(actor=cast.town, facts=facts(cast, region))
            assert Enterprise.objects.count() == before

    def test_not_at_the_level_of_a_city(self, cast: Cast) -> None:
        with acting(cast.city), refused_at("/region"):
            register.register_enterprise(actor=cast.city, facts=facts(cast, "3310"))

    @pytest.mark.parametrize("name", ["leader", "village", "firm", "expert", "special"])
    def test_who_may_not(self, cast: Cast, name: str) -> None:
        actor = cast.actors[name]
        with acting(actor), pytest.raises(Forbidden):
            register.register_enterprise(actor=actor, facts=facts(cast))


class TestEditEnterprise:
    def test_the_difference_is_recorded(self, cast: Cast) -> None:
        firm = cast.enterprises["firm"]
        with acting(cast.dept):
            edited = register.edit_enterprise(
                actor=cast.dept,
                enterprise_id=firm.id,
                changes={"employee_count": 90, "short_name": "江南", "phone": "13712345678"},
                if_versions=frozenset({firm.version}),
            )
            entry = entry_of(edited)
        assert edited.version == firm.version + 1
        assert entry.event == "enterprise.edited"
        changes = entry.payload["changes"]
        assert changes["employee_count"] == {"from": 120, "to": 90}
        assert changes["short_name"] == {"from": "江南机械", "to": "江南"}
        assert set(changes) == {"employee_count", "short_name", "phone"}
        assert set(changes["phone"]) == {"salt", "from", "to"}

    def test_no_difference_writes_nothing(self, cast: Cast) -> None:
        firm = cast.enterprises["firm"]
        with acting(cast.county):
            before = LedgerEntry.objects.count()
            same = register.edit_enterprise(
                actor=cast.county, enterprise_id=firm.id, changes={"name": f" {firm.name} "}
            )
            assert LedgerEntry.objects.count() == before
        assert same.version == firm.version

    def test_a_stale_version(self, cast: Cast) -> None:
        firm = cast.enterprises["firm"]
        with acting(cast.county), pytest.raises(Stale) as caught:
            register.edit_enterprise(
                actor=cast.county, enterprise_id=firm.id, changes={"name": "甲"}, if_versions=frozenset({99})
            )
        assert caught.value.extra == {"current_version": firm.version}

    def test_a_code_that_is_taken(self, cast: Cast) -> None:
        firm = cast.enterprises["firm"]
        with acting(cast.county):
            with refused_at("/unified_social_credit_code"):
                register.edit_enterprise(
                    actor=cast.county,
                    enterprise_id=firm.id,
                    changes={"unified_social_credit_code": FIRMS["firm2"][4], "name": "甲"},
                )
            assert Enterprise.objects.get(id=firm.id).name == firm.name

    def test_moving_inside_the_county(self, cast: Cast) -> None:
        firm = cast.enterprises["firm"]
        with acting(cast.county):
            moved = register.edit_enterprise(
                actor=cast.county, enterprise_id=firm.id, changes={"region_id": cast.regions["331082002001"].id}
            )
        assert moved.region_path == "33/10/82/002/001/"

    def test_not_out_of_the_own_scope(self, cast: Cast) -> None:
        with acting(cast.town), pytest.raises(NotInScope):
            register.edit_enterprise(
                actor=cast.town,
                enterprise_id=cast.enterprises["firm"].id,
                changes={"region_id": cast.regions["331082002"].id},
            )

    def test_not_into_another_county(self, cast: Cast) -> None:
        with acting(cast.city), refused_at("/region"):
            register.edit_enterprise(
                actor=cast.city,
                enterprise_id=cast.enterprises["firm"].id,
                changes={"region_id": cast.regions["331081001"].id},
            )

    @pytest.mark.parametrize("name", ["town2", "other"])
    def test_outside_the_scope_it_is_not_there(self, cast: Cast, name: str) -> None:
        actor = cast.actors[name]
        with acting(actor), pytest.raises(NotInScope):
            register.edit_enterprise(actor=actor, enterprise_id=cast.enterprises["firm"].id, changes={"name": "甲"})

    def test_an_enterprise_does_not_edit_itself(self, cast: Cast) -> None:
        with acting(cast.firm), pytest.raises(Forbidden):
            register.edit_enterprise(actor=cast.firm, enterprise_id=cast.enterprises["firm"].id, changes={"name": "甲"})


class TestRegisterSite:
    def add(self, cast: Cast, actor: Actor, key: str = "firm", **more: Any) -> Site:
        region = more.pop("region", "331082001001")
        with acting(actor):
            return register.register_site(
                actor=actor, enterprise_id=cast.enterprises[key].id, facts=site_facts(cast, region, **more)
            )

    def test_people_regulators_and_local_unit(self, cast: Cast) -> None:
        person = register.PersonFacts(name="韩安全", post=PersonPost.PRINCIPAL, phone="13900000000")
        site = self.add(cast, cast.town, people=(person,), sectors=(Sector.FIRE, Sector.GAS))
        with acting(cast.town):
            regulators = {one.sector: one.organisation for one in SiteRegulator.objects.filter(site=site)}
            assert SitePerson.objects.get(site=site).name == "韩安全"
            entry = entry_of(site)
        assert site.local_unit == cast.organisations["古城街道"]
        assert regulators == {"FIRE": cast.organisations["临海消防大队"], "GAS": cast.organisations["临海住建局"]}
        assert entry.event == "site.registered"
        assert entry.payload["enterprise"] == str(cast.enterprises["firm"].id)
        assert not [text for text in PERSONAL if text in repr(entry.payload)]

    def test_the_enterprise_sees_it_at_once(self, cast: Cast) -> None:
        site = self.add(cast, cast.county)
        with acting(cast.firm):
            assert register.site(cast.firm, site.id) == site
        with acting(cast.firm2), pytest.raises(NotInScope):
            register.site(cast.firm2, site.id)

    def test_a_park_may_be_the_local_unit(self, cast: Cast) -> None:
        park = cast.organisations["临海开发区管委会"]
        assert self.add(cast, cast.county, local_unit_id=park.id).local_unit == park
        with refused_at("/local_unit"):
            self.add(cast, cast.county, local_unit_id=cast.organisations["临海应急局"].id)
        with pytest.raises(NotInScope):
            self.add(cast, cast.county, local_unit_id=cast.organisations["太平街道"].id)

    def test_the_position_is_kept_in_wgs84(self, cast: Cast) -> None:
        position = {"longitude": Decimal("121.131500"), "latitude": Decimal("28.845000")}
        site = self.add(cast, cast.county, **position, source_crs=SourceCrs.GCJ02)
        assert site.source_crs == SourceCrs.GCJ02
        assert site.longitude is not None
        assert 0.003 < abs(site.longitude - position["longitude"]) < 0.007
        assert self.add(cast, cast.county, **position, source_crs="WGS84").latitude == position["latitude"]

    @pytest.mark.parametrize(
        ("bad", "pointers"),
        [
            ({"name": "", "address": " "}, ["/name", "/address"]),
            ({"longitude": Decimal(121)}, ["/longitude"]),
            (
                {"longitude": Decimal("28.8"), "latitude": Decimal("121.1"), "source_crs": "WGS84"},
                ["/longitude", "/latitude"],
            ),
            ({"sectors": ("CHEMISTRY",)}, ["/sectors/0"]),
            (
                {"people": (register.PersonFacts(name="", post="BOSS", phone="abc"),)},
                ["/people/0/name", "/people/0/post", "/people/0/phone"],
            ),
        ],
    )
    def test_every_bad_field_is_named(self, cast: Cast, bad: dict[str, Any], pointers: list[str]) -> None:
        with refused_at(*pointers):
            self.add(cast, cast.county, **bad)

    def test_a_site_stands_in_a_township(self, cast: Cast) -> None:
        with refused_at("/region"):
            self.add(cast, cast.county, region="331082")

    def test_a_sector_nobody_regulates(self, cast: Cast) -> None:
        Organisation.objects.filter(short_name="临海教育局").update(sectors=[])
        with refused_at("/sectors"):
            self.add(cast, cast.county, sectors=(Sector.EDUCATION,))
        with acting(cast.county):
            assert not Site.objects.filter(name="二号仓库").exists()

    @pytest.mark.parametrize(
        ("name", "region"), [("town", "331082002001"), ("town2", "331082001001"), ("other", "331081001")]
    )
    def test_not_outside_the_scope(self, cast: Cast, name: str, region: str) -> None:
        with pytest.raises(NotInScope):
            self.add(cast, cast.actors[name], region=region)

    def test_not_in_another_county_than_its_enterprise(self, cast: Cast) -> None:
        with refused_at("/region"):
            self.add(cast, cast.city, region="331081001")


class TestEditSite:
    def test_people_and_regulators_are_replaced(self, cast: Cast) -> None:
        site = cast.sites["firm"]
        new = register.PersonFacts(name="新人", post=PersonPost.CONTACT)
        with acting(cast.town):
            edited = register.edit_site(
                actor=cast.town, site_id=site.id, changes={"people": (new,), "sectors": (Sector.GAS,)}
            )
            people = list(SitePerson.objects.filter(site=site).values_list("name", flat=True))
            sectors = list(SiteRegulator.objects.filter(site=site).values_list("sector", flat=True))
            changes = entry_of(edited).payload["changes"]
        assert (people, sectors, edited.version) == (["新人"], ["GAS"], 1)
        assert changes["sectors"] == {"from": ["FIRE", "INDUSTRY"], "to": ["GAS"]}
        assert "新人" not in repr(changes)

    def test_a_move_inside_the_unit_takes_everything_along(self, cast: Cast) -> None:
        site = cast.sites["firm"]
        with acting(cast.county):
            moved = register.edit_site(
                actor=cast.county, site_id=site.id, changes={"region_id": cast.regions["331082001002"].id}
            )
            paths = {
                *SitePerson.objects.filter(site=site).values_list("region_path", flat=True),
                *SiteRegulator.objects.filter(site=site).values_list("region_path", flat=True),
            }
            changes = entry_of(moved).payload["changes"]
        assert moved.local_unit == cast.organisations["古城街道"]
        assert paths == {"33/10/82/001/002/"} == {moved.region_path}
        assert "people" not in changes

    def test_the_position_is_not_shifted_twice(self, cast: Cast) -> None:
        site = cast.sites["firm"]
        changes = {"longitude": Decimal("121.1315"), "latitude": Decimal("28.845"), "source_crs": SourceCrs.BD09}
        with acting(cast.county):
            placed = register.edit_site(actor=cast.county, site_id=site.id, changes=changes)
            form = register.SiteFacts.of(placed)
            again = register.edit_site(
                actor=cast.county,
                site_id=site.id,
                changes={
                    "name": "改名",
                    "longitude": form.longitude,
                    "latitude": form.latitude,
                    "source_crs": form.source_crs,
                },
            )
        assert (again.longitude, again.latitude) == (placed.longitude, placed.latitude)
        assert (again.name, again.source_crs) == ("改名", SourceCrs.BD09)

    def test_no_difference_writes_nothing(self, cast: Cast) -> None:
        site = cast.sites["firm"]
        with acting(cast.county):
            now = register.SiteFacts.of(register.site(cast.county, site.id))
            same = register.edit_site(actor=cast.county, site_id=site.id, changes=vars(replace(now)))
        assert same.version == site.version

    def test_a_stale_version(self, cast: Cast) -> None:
        with acting(cast.county), pytest.raises(Stale):
            register.edit_site(
                actor=cast.county, site_id=cast.sites["firm"].id, changes={}, if_versions=frozenset({7, 8})
            )

    @pytest.mark.parametrize("name", ["town2", "other"])
    def test_outside_the_scope_it_is_not_there(self, cast: Cast, name: str) -> None:
        actor = cast.actors[name]
        with acting(actor), pytest.raises(NotInScope):
            register.edit_site(actor=actor, site_id=cast.sites["firm"].id, changes={"name": "甲"})


class TestOrganisationOfAnEnterprise:
    def registered(self, cast: Cast) -> Enterprise:
        enterprise = register.register_enterprise(actor=cast.county, facts=facts(cast))
        register.register_site(actor=cast.county, enterprise_id=enterprise.id, facts=site_facts(cast))
        return enterprise

    def test_opening_lets_it_see_itself(self, cast: Cast) -> None:
        with acting(cast.county):
            enterprise = register.open_enterprise_organisation(
                actor=cast.county, enterprise_id=self.registered(cast).id
            )
            organisation = Organisation.objects.select_related("region").get(id=enterprise.organisation_id)
            assert Participation.objects.filter(organisation=organisation).count() == 2
            assert entry_of(enterprise).event == "enterprise.organisation_linked"
        officer = cast.add("firm3", "ENTERPRISE_OFFICER", "掌柜", organisation, cast.regions["331082001"])
        with acting(officer):
            assert [one.id for one in register.enterprises(officer, register.EnterpriseFilters())] == [enterprise.id]
            assert register.sites(officer, register.SiteFilters()).count() == 1

    def test_only_once(self, cast: Cast) -> None:
        firm = cast.enterprises["firm"]
        with acting(cast.county), pytest.raises(Refused):
            register.open_enterprise_organisation(actor=cast.county, enterprise_id=firm.id)

    def test_linking_one_that_is_there(self, cast: Cast) -> None:
        with acting(cast.county):
            enterprise = self.registered(cast)
            with refused_at("/organisation"):
                register.link_enterprise_organisation(
                    actor=cast.county,
                    enterprise_id=enterprise.id,
                    organisation_id=cast.organisations["古城街道"].id,
                )
            linked = register.link_enterprise_organisation(
                actor=cast.county, enterprise_id=enterprise.id, organisation_id=self.spare(cast).id
            )
        assert linked.organisation is not None
        assert linked.version == 1

    def spare(self, cast: Cast) -> Organisation:
        return Organisation.objects.create(
            kind=OrganisationKind.ENTERPRISE,
            name="甲",
            short_name="甲",
            path="spare0/",
            region=cast.regions["331082001"],
        )

    def test_not_to_one_that_another_enterprise_has(self, cast: Cast) -> None:
        with acting(cast.county):
            enterprise = self.registered(cast)
            with pytest.raises(Refused):
                register.link_enterprise_organisation(
                    actor=cast.county,
                    enterprise_id=enterprise.id,
                    organisation_id=cast.organisations["江南机械"].id,
                )
