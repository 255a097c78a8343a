"""A scale is loaded chunk by chunk: stopped anywhere, whole chunks are there, and asked again it goes on where it was."""

import os
import signal
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from anlan.authz.scope import acting
from anlan.demo import people
from anlan.demo.growth import loading, plans
from anlan.demo.growth.scales import Scale
from anlan.demo.growth.writing import Writer
from anlan.demo.places import World
from anlan.hidden_dangers.models import HiddenDanger
from anlan.inspections.models import CheckAnswer, CheckFinding, CheckRecord
from anlan.ledger.models import LedgerEntry
from anlan.lib import clock
from anlan.lib.lock import hold
from anlan.organisations import api as organisations
from anlan.processes.invariants import kinds
from anlan.processes.models import Event
from anlan.supervision.choices import ControlsState
from anlan.supervision.models import SupervisionLetter, SupervisionListing
from tests.factories.cast import Cast

FIRST, NOW = date(2026, 3, 2), clock.start_of(date(2026, 6, 30)) + timedelta(hours=15)
TOTAL = 42
FEW = Scale("few", enterprises=2, supervised=0, closed=30, open=8, majors=2, open_majors=1, released=1, listed=1, other=4,
            late_share=0.3)  # fmt: skip
VISITED = Scale("visited", enterprises=2, supervised=0, closed=24, open=6, majors=2, open_majors=1, released=1, listed=1,
                from_checks=True)  # fmt: skip


class Stop(Exception):  # noqa: N818 - stands for ctrl-C
    pass


@pytest.fixture
def cast(committed_cast: Cast) -> Cast:
    """Several processes see it."""
    return committed_cast


@pytest.fixture
def world(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setattr(plans, "CHUNK", 8)
    found = World(cast.regions["331082"], cast.regions["3310"], cast.regions["331081"])
    found.organisations = list(organisations.current().select_related("region").order_by("path"))
    with clock.at(NOW):
        people.settle(found, None)
        for name in ("firm", "firm2"):
            party = cast.enterprises[name].organisation
            found.actors[party.id] = cast.actors[name]
        yield found


def load(world: World, scale: Scale = FEW, *, stop_after: int = TOTAL, at_once: int = 1) -> list[int]:
    """How many matters were said to be there, each time."""
    said: list[int] = []

    def progress(done: int, total: int) -> None:
        said.append(done)
        if done > stop_after:
            raise Stop

    loading.load(world, scale, 7, FIRST, progress, at_once=at_once)
    return said


def count(cast: Cast) -> tuple[int, int]:
    """Matters, and those that the entries of the ledger speak of."""
    with acting(cast.system()):
        entries = LedgerEntry.objects.filter(event="chronicle.written")
        return HiddenDanger.objects.count(), sum(entry.payload["matters"] for entry in entries)


def breaches(cast: Cast) -> list[str]:
    with acting(cast.system("3310")) as system:
        return [str(breach) for kind in kinds() for breach in kind.breaches(system)]


@pytest.mark.django_db(transaction=True)
def test_what_was_stopped_goes_on_where_it_was(cast: Cast, world: World) -> None:
    with pytest.raises(Stop):
        load(world, stop_after=12)
    there, sealed = count(cast)
    assert 12 < there < TOTAL
    assert there == sealed
    assert breaches(cast) == []

    with clock.at(NOW + timedelta(days=3)):  # another day, the same plan
        said = load(world)
    assert (said[0], said[-1]) == (there, TOTAL)
    assert count(cast) == (TOTAL, TOTAL)
    assert breaches(cast) == []
    with acting(cast.system()):
        late = Event.objects.filter(event__in=loading.LATE)
        letters = SupervisionLetter.objects.all()
        assert {one.event_id for one in letters} == {one.id for one in late} != set()
        in_time = [letter.serial for letter in letters.order_by("issuer", "issued_at", "serial")]
        assert in_time == [letter.serial for letter in letters.order_by("issuer", "serial")]

    assert load(world) == [TOTAL]
    assert count(cast) == (TOTAL, TOTAL)
    with acting(cast.system()):
        hanging = SupervisionListing.objects.filter(released_at=None)
        assert {one.controls_state for one in hanging} == {ControlsState.IN_FORCE}
        assert SupervisionLetter.objects.count() == len(in_time)


@pytest.mark.django_db(transaction=True)
def test_several_processes_write_what_one_would_and_may_be_killed(
    cast: Cast, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction.atomic():
        load(world)
        told = _in_words(cast)
        transaction.set_rollback(True)
    write = Writer._write

    def dies(self: Writer, number: int) -> int:
        written = write(self, number)
        if number == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return written

    with monkeypatch.context() as patch:
        patch.setattr(Writer, "_write", dies)
        with pytest.raises(loading.Broken):
            load(world, at_once=2)
    there, sealed = count(cast)
    assert 0 < there == sealed < TOTAL

    load(world, at_once=2)
    assert count(cast) == (TOTAL, TOTAL)
    assert breaches(cast) == []
    assert _in_words(cast) == told
    assert len(told) == TOTAL


def _in_words(cast: Cast) -> list[Any]:
    """The matters without what is made up anew each time."""
    columns = ("number", "status", "registered_at", "description", "holder_path", "due_on", "changed_at")
    with acting(cast.system()):
        return sorted(HiddenDanger.objects.values_list(*columns), key=str)


@pytest.mark.django_db
def test_a_visit_answers_its_whole_checklist_and_finds_what_failed(cast: Cast, world: World) -> None:
    call_command("load_checklists", verbosity=0)
    load(world, VISITED)
    assert breaches(cast) == []
    with acting(cast.system()):
        checks = CheckRecord.objects.all()
        assert checks.exclude(checklist_version=None).count() == checks.count() > 0
        assert CheckAnswer.objects.count() == sum(check.item_count for check in checks) >= 9 * checks.count()
        found = CheckFinding.objects.exclude(item=None).select_related("item", "hidden_danger")
        assert found.count() == CheckAnswer.objects.filter(answer="FAIL").count() > 0
        for one in found:
            assert one.hidden_danger.description.startswith(one.item.danger_text)
            assert one.hidden_danger.sector == one.item.sector
            assert CheckAnswer.objects.get(check_record=one.check_record_id, item=one.item_id).answer == "FAIL"
        assert CheckFinding.objects.filter(item=None).exists()


@pytest.mark.django_db
def test_two_terminals_do_not_load_at_once(settings):
    folder = settings.ENVIRONMENT.home / "run"
    folder.mkdir(parents=True, exist_ok=True)
    with hold(folder / "load.lock"), pytest.raises(CommandError, match="另一个终端正在装入"):
        call_command("demo", scale="city", verbosity=0)
