"""The cast itself: everybody stands where the others expect them."""

from anlan.authz.scope import acting
from anlan.register.models import Enterprise, Site
from tests.factories.cast import Cast


def test_everyone_acts_for_their_organisation(cast: Cast) -> None:
    assert cast.county.organisation_name == "临海安委办"
    assert cast.city.wall == ("33/10/", "33/100")
    assert cast.town.wall == cast.village.wall == cast.firm.wall == ("33/10/82/", "33/10/820")
    assert cast.other.wall == ("33/10/81/", "33/10/810")
    assert cast.firm.is_enterprise
    assert cast.village.within(cast.organisations["文化社区"].path)
    assert cast.organisations["文化社区"].path.startswith(cast.town.organisation_path)


def test_each_firm_has_a_site(cast: Cast) -> None:
    with acting(cast.city):
        assert Enterprise.objects.count() == Site.objects.count() == 3
