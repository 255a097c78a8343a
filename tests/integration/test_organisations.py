"""The tree of organisations: loading, creating, and who answers for what."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from anlan.authz.choices import OrganisationKind, Sector
from anlan.authz.models import Organisation
from anlan.authz.scope import acting
from anlan.ledger.models import LedgerEntry
from anlan.lib.refusals import Forbidden, NotInScope
from anlan.organisations import api as organisations
from tests.factories.cast import Cast


def test_loading_again_changes_nothing(cast: Cast) -> None:
    before = dict(Organisation.objects.values_list("id", "path"))
    out = StringIO()
    call_command("load_organisations", "--county", "331082", "331081", "--city", "3310", stdout=out)
    assert dict(Organisation.objects.values_list("id", "path")) == before
    assert "新增 0" in out.getvalue()
    assert all("新增 0" in line for line in out.getvalue().splitlines() if line.startswith("  "))
    with acting(cast.system()):
        assert LedgerEntry.objects.filter(event="organisation.loaded").count() == 1


def test_what_people_have_shaped_stays(cast: Cast) -> None:
    township = cast.organisations["古城街道"]
    Organisation.objects.filter(id=township.id).update(name="古城街道党工委、办事处", capacity="AUTHORISED")
    call_command("load_organisations", "--county", "331082", stdout=StringIO())
    township.refresh_from_db()
    assert (township.name, township.capacity) == ("古城街道党工委、办事处", "AUTHORISED")


def test_a_new_village_joins_its_township(cast: Cast) -> None:
    Organisation.objects.filter(kind=OrganisationKind.VILLAGE, short_name="井头社区").delete()
    call_command("load_organisations", "--county", "331082", stdout=StringIO())
    again = Organisation.objects.get(short_name="井头社区")
    assert again.parent_id == cast.organisations["古城街道"].id
    assert again.path.startswith(cast.organisations["古城街道"].path)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ((), "--county"),
        (("--county", "999999"), "load_regions"),
        (("--county", "3310"), "load_regions"),
        (("--county", "331082", "--template", "park"), "没有模板"),
    ],
)
def test_loading_says_what_is_missing(cast: Cast, arguments: tuple[str, ...], word: str) -> None:
    with pytest.raises(CommandError, match=word):
        call_command("load_organisations", *arguments, stdout=StringIO())


@pytest.mark.parametrize(
    ("sector", "regulator"),
    [
        (Sector.INDUSTRY, "临海应急局"),
        (Sector.HAZARDOUS_CHEMICALS, "临海应急局"),
        (Sector.FIRE, "临海消防大队"),
        (Sector.GAS, "临海住建局"),
        (Sector.SPECIAL_EQUIPMENT, "临海市监局"),
        (Sector.ROAD_TRAFFIC, "临海交警大队"),
        (Sector.OTHER, "临海应急局"),
    ],
)
def test_the_regulator_of_a_sector(cast: Cast, sector: str, regulator: str, django_assert_num_queries) -> None:
    for code in ("331082", "331082001", "331082001001"):
        with django_assert_num_queries(1):
            found = organisations.regulator_of(sector, cast.regions[code])
        assert found == cast.organisations[regulator]


def test_every_sector_is_regulated(cast: Cast) -> None:
    assert set(organisations.regulators_of(cast.regions["331082001001"])) == set(Sector)
    assert organisations.regulator_of(Sector.EDUCATION, cast.regions["3310"]) is None
    assert organisations.regulator_of(Sector.FIRE, cast.regions["331081001"]) == cast.organisations["温岭消防大队"]


def test_local_units(cast: Cast, django_assert_num_queries) -> None:
    for code in ("331082001", "331082001002"):
        with django_assert_num_queries(1):
            assert organisations.local_unit_of(cast.regions[code]) == cast.organisations["古城街道"]
    assert organisations.local_unit_of(cast.regions["331082"]) is None
    assert organisations.village_organisation(cast.regions["331082001001"]) == cast.organisations["文化社区"]
    [office] = organisations.township_offices_of(cast.regions["331082001001"])
    assert office.short_name == "古城街道应急办"


def test_committee_offices(cast: Cast) -> None:
    assert organisations.committee_office_of(cast.regions["331082001001"]) == cast.organisations["临海安委办"]
    assert organisations.committee_office_of(cast.regions["331081"]) == cast.organisations["温岭安委办"]
    assert organisations.committee_office_of(cast.regions["3310"]) == cast.organisations["台州市安委办"]


@pytest.mark.parametrize(
    ("unit", "superior"),
    [
        ("文化社区", "古城街道"),
        ("古城街道应急办", "古城街道"),
        ("古城街道", "临海安委办"),
        ("临海应急局", "临海安委办"),
        ("临海消防大队", "临海安委办"),
        ("临海消防专委办", "临海安委办"),
        ("江南机械", "临海安委办"),
        ("临海安委办", "台州市安委办"),
        ("临海政府", "台州市政府"),
        ("台州市安委办", None),
    ],
)
def test_superiors(cast: Cast, unit: str, superior: str | None, django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        found = organisations.superior_of(cast.organisations[unit])
    assert found == (cast.organisations[superior] if superior else None)


def test_who_sees_which(cast: Cast) -> None:
    def names(actor) -> set[str]:
        return set(organisations.visible_organisations(actor).values_list("short_name", flat=True))

    assert {"临海安委办", "古城街道", "文化社区", "江南机械", "东湖化工"} <= names(cast.town)
    assert not {"温岭安委办", "台州市安委办", "太平鞋业"} & names(cast.county)
    assert {"温岭安委办", "临海安委办", "台州市安委办"} <= names(cast.city)
    assert {"临海安委办", "江南机械"} <= names(cast.firm)
    assert not {"东湖化工", "安达技术"} & names(cast.firm)
    with pytest.raises(NotInScope):
        organisations.organisation(cast.county, cast.organisations["温岭安委办"].id)
    assert organisations.organisation_of(cast.fire).short_name == "临海消防大队"
    with pytest.raises(NotInScope):
        organisations.organisation_of(cast.system())


def test_searching(cast: Cast) -> None:
    found = organisations.search_organisations(cast.county, q="消防", kinds=[OrganisationKind.FIRE_RESCUE])
    assert [one.short_name for one in found] == ["临海消防大队"]
    found = organisations.search_organisations(cast.county, sector=Sector.GAS, kinds=[OrganisationKind.DEPARTMENT])
    assert [one.short_name for one in found] == ["临海住建局"]
    found = organisations.search_organisations(cast.county, region="331082002")
    assert {one.short_name for one in found} == {"大洋街道", "大洋街道应急办"}


def test_creating_records_it(cast: Cast) -> None:
    with acting(cast.system()):
        made = organisations.create_organisation(
            actor=cast.system(),
            kind=OrganisationKind.DIVISION,
            name="临海市应急管理局危化科",
            short_name="危化科",
            region=cast.regions["331082"],
            parent=cast.organisations["临海应急局"],
        )
        entry = LedgerEntry.objects.get(subject_id=made.id)
    assert made.path.startswith(cast.organisations["临海应急局"].path)
    assert (entry.event, entry.region_path) == ("organisation.created", "33/10/82/")
    assert organisations.superior_of(made) == cast.organisations["临海应急局"]


def test_who_may_create(cast: Cast) -> None:
    def create(actor, kind, code):
        with acting(actor):
            organisations.create_organisation(
                actor=actor, kind=kind, name="甲", short_name="甲", region=cast.regions[code]
            )

    create(cast.town, OrganisationKind.ENTERPRISE, "331082001")
    with pytest.raises(Forbidden):
        create(cast.county, OrganisationKind.DEPARTMENT, "331082")
    with pytest.raises(Forbidden):
        create(cast.firm, OrganisationKind.ENTERPRISE, "331082001001")
    with pytest.raises(NotInScope):
        create(cast.town, OrganisationKind.ENTERPRISE, "331082002")
