"""The wall alone: with every filter of the scope taken away, another county's rows stay invisible.

``Scope.as_q`` answers "everything" here. What then still is not seen is not seen because of the database.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, transaction
from django.db.models import Q

from anlan.authz.actors import system_actor_for
from anlan.authz.models import Participation
from anlan.authz.scope import Scope, acting
from anlan.hidden_dangers.models import HiddenDanger
from anlan.hidden_dangers.tasks import export_hidden_dangers
from anlan.jobs import api as jobs
from anlan.ledger.models import LedgerEntry
from anlan.lib import clock, ids
from anlan.notify import api as notify
from anlan.notify.models import Message
from anlan.processes.models import Event
from anlan.processes.reactions import REACTIONS
from anlan.reads import prepared
from tests.factories.world import SEES, STAGES, World, canary, names, text_of, the_world  # noqa: F401 - the fixture

pytestmark = pytest.mark.django_db

THEIRS = {"other", "other_hidden"}
OURS = set(SEES) - THEIRS
PEOPLE = ("county", "firm", "expert", "other", "other_dept", "other_firm")
PAGES = (
    "/",
    "/search?q=CANARY",
    "/hidden-dangers/",
    "/hidden-dangers/?page=2",
    "/hidden-dangers/register",
    "/hidden-dangers/places?q=厂",
    "/enterprises/",
    "/messages/",
    "/jobs/",
    "/api/v1/hidden-dangers?page_size=200&count=exact",
    "/api/v1/hidden-dangers?cursor=&page_size=200",
    "/api/v1/enterprises?page_size=200",
    "/api/v1/sites?page_size=200",
)


@pytest.fixture
def no_filters(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(Scope, "as_q", lambda self, columns: Q())
    prepared.forget()
    yield
    prepared.forget()


def strange(name: str) -> set[str]:
    """The matters of the county this person does not belong to."""
    return OURS if name.startswith("other") else THEIRS


def strange_words(world: World, name: str) -> set[str]:
    firms = {"江南机械", "东湖化工"} if name.startswith("other") else {"太平鞋业"}
    numbers = {world.matters[key].number for key in strange(name)}
    return firms | numbers | {canary(key, what) for key in strange(name) for what in ("FIND", "NOTE", "PHOTO")}


def addresses(world: World, key: str) -> list[str]:
    """Everything that can be opened of one matter."""
    matter, photo = world.matters[key].id, world.photos[key]
    return [
        f"/hidden-dangers/{matter}/",
        f"/api/v1/hidden-dangers/{matter}",
        f"/api/v1/hidden-dangers/{matter}/history",
        f"/api/v1/files/{photo}",
        f"/files/{photo}/",
        f"/files/{photo}/thumb/",
    ]


def status_of(world: World, name: str, path: str) -> int:
    """The status, after everything was read."""
    response = world.client(name).get(path)
    text_of(response)
    return response.status_code


@pytest.mark.parametrize("name", PEOPLE)
def test_pages_and_lists(world, no_filters, name):
    for path in PAGES:
        response = world.client(name).get(path)
        assert response.status_code in (200, 403), path
        text = text_of(response)
        found = {word for word in strange_words(world, name) if word in text and word not in path}
        assert found == set(), path


def test_the_filters_are_really_gone(world, no_filters):
    """The same people do see what the scope would hide inside their own county."""
    assert world.client("firm2").get(f"/hidden-dangers/{world.matters['hidden'].id}/").status_code == 200
    assert canary("hidden") in text_of(world.client("expert").get("/api/v1/hidden-dangers?page_size=200"))


@pytest.mark.parametrize("name", ["county", "firm", "other", "other_firm"])
def test_one_record(world, no_filters, name):
    own = "own" if not name.startswith("other") else "other"
    for path in addresses(world, own):
        assert status_of(world, name, path) == 200, path
    for key in strange(name):
        for path in addresses(world, key):
            assert status_of(world, name, path) == 404, path
    for key, site in world.cast.sites.items():
        is_strange = (key == "other_firm") != name.startswith("other")
        for path in (f"/api/v1/sites/{site.id}", f"/api/v1/enterprises/{site.enterprise_id}"):
            assert status_of(world, name, path) == (404 if is_strange else 200), path


@pytest.mark.parametrize("verb", ["dismiss", "terminate", "withdraw"])
def test_no_verb_reaches_over_the_wall(world, no_filters, verb):
    for key in THEIRS:
        url = f"/api/v1/hidden-dangers/{world.matters[key].id}/transitions"
        body = {"verb": verb, "reason": "越界"}
        assert world.client("county").post(url, body, content_type="application/json").status_code == 404


def test_counts(world, no_filters):
    counted = {
        name: world.client(name).get("/api/v1/hidden-dangers?count=exact").json()["count"] for name in (*PEOPLE, "city")
    }
    ours = len(OURS) + len(STAGES)
    assert counted["county"] == counted["firm"] == counted["expert"] == ours
    assert counted["other"] == counted["other_dept"] == counted["other_firm"] == len(THEIRS)
    assert counted["city"] == ours + len(THEIRS)


@pytest.mark.parametrize("name", ["county", "other"])
def test_exports(world, no_filters, name):
    actor = world.actor(name)
    with jobs.inline():
        with acting(actor):
            job = jobs.start(actor=actor, work=export_hidden_dangers, title="导出", query={})
        jobs.run_pending()
    job.refresh_from_db()
    assert job.state == "DONE", job.error
    text = text_of(world.client(name).get(f"/jobs/{job.id}/result/"))
    assert {word for word in strange_words(world, name) if word in text} == set()
    assert all(world.matters[key].number in text for key in set(SEES) - strange(name))


def test_reactions_see_their_county_only(world, no_filters):
    with acting(world.everything):
        ours = Event.objects.filter(subject_id=world.matters["own"].id).first()
        theirs = Event.objects.filter(subject_id=world.matters["other"].id).first()
    assert ours is not None
    assert theirs is not None
    following = [task for tasks in REACTIONS.values() for task in tasks]
    assert following
    for task in following:
        with pytest.raises(Event.DoesNotExist), transaction.atomic():
            task(event_id=str(theirs.id), region_path=ours.region_path)


def test_the_system_acts_in_one_county(world, no_filters):
    with acting(system_actor_for(world.matters["own"].region_path)):
        seen = set(HiddenDanger.objects.values_list("id", flat=True))
    assert seen & {world.matters[key].id for key in THEIRS} == set()
    assert {world.matters[key].id for key in OURS} <= seen


def test_a_page_rendered_late_is_rendered_inside(world, no_filters, monkeypatch, settings):
    settings.ROOT_URLCONF = "tests.fakes.plumbing"
    monkeypatch.setattr(notify, "messages_to", lambda actor: Message.objects.all())
    with acting(world.actor("county")):
        own = list(Message.objects.values_list("title", flat=True))
    with acting(world.actor("other")):
        others = list(Message.objects.values_list("title", flat=True))
    text = text_of(world.client("other").get("/lazy/"))
    assert others
    assert len(own) > len(others)
    assert text.count("；") == len(others)


def test_nothing_at_all_without_an_actor(world, no_filters):
    walled = [model for model in apps.get_models() if model.__module__.startswith("anlan.") and _is_walled(model)]
    assert len(walled) > 12
    for model in walled:
        assert not model._default_manager.exists(), model
    with acting(world.everything):
        assert all(model._default_manager.exists() for model in (HiddenDanger, Event, LedgerEntry, Message))


def _is_walled(model: Any) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relrowsecurity FROM pg_class WHERE oid = %s::regclass", [model._meta.db_table])
        return bool(cursor.fetchone()[0])


def refused(name: str, world: World, statement: str, *values: Any) -> str:
    """What the database says to this statement of a person; empty when it was done."""
    try:
        with acting(world.actor(name)), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
            rows = cursor.rowcount
            transaction.set_rollback(True)
    except ProgrammingError as error:
        return str(error)
    return "" if rows else "no row"


def test_writes_over_the_wall_are_refused(world, no_filters):
    """Moving a row away, and making one on the other side."""
    own, theirs = world.matters["own"], world.matters["other"]
    move = "UPDATE hidden_dangers_hiddendanger SET region_path = %s WHERE id = %s"
    assert "row-level security" in refused("county", world, move, theirs.region_path, own.id)
    assert refused("county", world, move, own.region_path, theirs.id) == "no row"
    assert refused("county", world, move, own.region_path, own.id) == ""
    assert refused("county", world, "DELETE FROM notify_message WHERE subject_id = %s", theirs.id) == "no row"
    with pytest.raises(ProgrammingError, match="row-level security"), acting(world.actor("county")):
        Participation.objects.create(
            matter_id=theirs.id,
            organisation_id=world.actor("county").organisation_id,
            organisation_path=world.actor("county").organisation_path,
            kind="COPIED",
            region_path=theirs.region_path,
            since=clock.now(),
        )


def test_taking_part_from_this_side_shows_nothing_of_the_other(world, no_filters):
    """A participation written on one's own side of the wall does not make the other side's row visible."""
    actor = world.actor("county")
    with acting(actor):
        Participation.objects.create(
            id=ids.uuid7(), matter_id=world.matters["other"].id, organisation_id=actor.organisation_id,
            organisation_path=actor.organisation_path, kind="COPIED", region_path=actor.region_path, since=clock.now(),
        )  # fmt: skip
    assert world.client("county").get(f"/api/v1/hidden-dangers/{world.matters['other'].id}").status_code == 404


def test_the_checks_can_fail(world, no_filters):
    """A person of the whole city meets the words of both counties."""
    text = text_of(world.client("city").get("/api/v1/hidden-dangers?page_size=200"))
    assert {word for word in strange_words(world, "county") if word in text} >= {canary(key) for key in THEIRS}
    assert {word for word in strange_words(world, "other") if word in text} >= {canary(key) for key in OURS}
    assert names(SEES["own"]) != names(SEES["other"])
