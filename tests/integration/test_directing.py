"""领导调度 of major matters: who, what is refused, what is told, and the list of those without (requirements, S3-47)."""

from datetime import timedelta
from typing import Any

import pytest

from anlan.authz.scope import acting
from anlan.hidden_dangers import actions, selectors
from anlan.hidden_dangers.presenters import timeline, visible_events
from anlan.hidden_dangers.workflow import DIRECTED
from anlan.ledger.models import LedgerEntry
from anlan.lib import clock
from anlan.lib.refusals import Forbidden, Invalid, NotInScope, Refused
from anlan.notify.models import Message
from tests.factories.cast import Cast
from tests.factories.matters import Matters
from tests.integration.test_hidden_danger_api import call  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture
def by(cast: Cast) -> Matters:
    return Matters(cast)


def direct(actor: Any, matter: Any, **changed: Any) -> Any:
    said = {"leader": "林县长", "manner": "ON_SITE", "held_on": clock.today(), "note": "停用二层，月底前改完"}
    with acting(actor):
        return actions.direct(actor=actor, hidden_danger_id=matter.id, **{**said, **changed})


def undirected(actor: Any) -> set[Any]:
    with acting(actor):
        found = selectors.hidden_dangers(actor, selectors.Filters(state="undirected"), clock.today())
        return set(found.values_list("id", flat=True))


def test_a_direction_stands_on_the_timeline_is_told_and_ends_the_list(cast: Cast, by: Matters) -> None:
    matter = by.major()
    assert undirected(cast.leader) == {matter.id}
    direct(cast.leader, matter)
    assert undirected(cast.leader) == set()
    with acting(cast.county):
        found = selectors.hidden_danger_to_show(cast.county, matter.id)
        entry = next(one for one in timeline(cast.county, found) if one.what == "领导调度")
        told = Message.objects.filter(subject_id=matter.id, title__startswith="林县长调度重大隐患")
        assert told.exists()
    assert ("调度领导", "林县长") in entry.facts
    assert entry.note == "停用二层，月底前改完"
    with acting(cast.system()):
        assert LedgerEntry.objects.filter(subject_id=matter.id, event=DIRECTED).count() == 1


def test_the_enterprise_is_told_nothing_of_it(cast: Cast, by: Matters) -> None:
    matter = by.major()
    direct(cast.county, matter)
    with acting(cast.firm):
        seen = visible_events(cast.firm, selectors.hidden_danger(cast.firm, matter.id))
    assert DIRECTED not in {event.event for event in seen}
    assert undirected(cast.firm) == set()


@pytest.mark.parametrize("who", ["town", "dept", "village", "firm"])
def test_only_leaders_and_their_office_direct(cast: Cast, by: Matters, who: str) -> None:
    matter = by.major()
    with pytest.raises((Forbidden, NotInScope)):
        direct(getattr(cast, who), matter)


def test_another_county_finds_nothing(cast: Cast, by: Matters) -> None:
    with pytest.raises(NotInScope):
        direct(cast.actors["other"], by.major())


def test_what_is_not_major_or_has_ended_is_not_directed(cast: Cast, by: Matters) -> None:
    for matter, code in ((by.rectifying(), "not_major"), (by.closed(), "ended")):
        with pytest.raises(Refused) as refused:
            direct(cast.leader, matter)
        assert refused.value.code == code


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"leader": " "}, "/leader"),
        ({"leader": "长" * 61}, "/leader"),
        ({"note": ""}, "/note"),
        ({"manner": "LETTER"}, "/manner"),
        ({"held_on": clock.today() + timedelta(days=1)}, "/held_on"),
        ({"held_on": clock.today() - timedelta(days=4000)}, "/held_on"),
    ],
)
def test_what_is_wrong_is_pointed_at(cast: Cast, by: Matters, wrong: dict[str, Any], pointer: str) -> None:
    with pytest.raises(Invalid) as invalid:
        direct(cast.leader, by.major(), **wrong)
    assert invalid.value.errors[0].pointer == pointer


def test_the_page_offers_it_and_keeps_what_was_typed(client: Any, cast: Cast, by: Matters) -> None:
    matter = by.major()
    client.force_login(cast.users["leader"])
    address = f"/hidden-dangers/{matter.id}/direct"
    assert address in client.get(f"/hidden-dangers/{matter.id}/").content.decode()
    page = client.post(address, {"leader": "林县长", "manner": "STUDY", "held_on": "2090-01-01", "note": "停用"})
    assert "不晚于今天" in page.content.decode()
    assert "停用" in page.content.decode()
    said = {"leader": "林县长", "manner": "STUDY", "held_on": str(clock.today()), "note": "停用"}
    assert client.post(address, said).status_code == 303
    assert undirected(cast.leader) == set()


def test_the_interface_answers_the_directions(
    call: Any,  # noqa: F811
    cast: Cast,
    by: Matters,
) -> None:
    matter = by.major()
    said = {"leader": "林县长", "manner": "MEETING", "note": "停用二层"}
    answer = call("leader").post(f"/api/v1/hidden-dangers/{matter.id}/directions", said)
    assert answer.status_code == 201, answer.content
    assert [one["payload"]["leader"] for one in answer.json()["items"]] == ["林县长"]
    assert call("town").post(f"/api/v1/hidden-dangers/{matter.id}/directions", said).status_code == 403
