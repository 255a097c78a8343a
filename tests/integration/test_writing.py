"""What is written by a statement made once must be what Django would have written."""

from uuid import uuid4

import pytest

from anlan.authz.models import Organisation
from anlan.authz.scope import acting
from anlan.hidden_dangers import selectors as hidden_dangers
from anlan.inspections import selectors as inspections
from anlan.ledger.models import LedgerEntry
from anlan.lib import clock
from anlan.processes.models import Event
from anlan.reads.writing import insert, insert_all, update
from tests.factories.cast import Cast
from tests.factories.matters import Matters

pytestmark = pytest.mark.django_db


def _event(cast: Cast, **more: object) -> Event:
    return Event(subject_type="test", subject_id=uuid4(), region_path=cast.town.region_path, kind="COMMENT", event="test",
                 at=clock.now(), actor_label="丁", payload={"a": [1, "二"]}, **more)  # fmt: skip


def _columns(event: Event) -> dict[str, object]:
    return {field.attname: getattr(event, field.attname) for field in Event._meta.concrete_fields}


@pytest.mark.parametrize("count", [0, 1, 3])
def test_records_come_back_as_they_were_put_in(cast: Cast, count: int):
    with acting(cast.town):
        events = [_event(cast, note=f"第 {n} 件", user_id=uuid4() if n else None) for n in range(count)]
        insert_all(events)
        for event in events:
            assert not event._state.adding
            assert _columns(Event.objects.get(id=event.id)) == _columns(event)


def test_a_key_that_the_database_gives_is_on_the_record(cast: Cast):
    with acting(cast.town):
        entry = LedgerEntry(at=clock.now(), region_path=cast.town.region_path, subject_type="test",
                            subject_id=uuid4(), event="test", leaf_hash=b"0" * 32)  # fmt: skip
        insert(entry)
        assert entry.seq


def test_only_the_named_columns_of_the_one_record_are_changed(cast: Cast):
    ours, other = Organisation.objects.order_by("id")[:2]
    ours.short_name, ours.sectors, ours.name = "改了", ["FIRE", "GAS"], "没有写"
    update(ours, {"short_name", "sectors"})
    kept = Organisation.objects.get(id=ours.id)
    assert (kept.short_name, kept.sectors) == ("改了", ["FIRE", "GAS"])
    assert kept.name != "没有写"
    assert Organisation.objects.get(id=other.id).short_name == other.short_name


def test_what_is_not_there_is_not_changed_silently(cast: Cast):
    with pytest.raises(RuntimeError):
        update(Organisation(id=uuid4(), short_name="谁"), {"short_name"})


def test_columns_of_arrays_are_put_in_one_by_one(cast: Cast):
    with pytest.raises(TypeError):
        insert_all([Organisation(), Organisation()])


def test_a_number_that_was_given_is_known_as_taken(cast: Cast):
    matter = Matters(cast).registered()
    with acting(cast.county):
        assert hidden_dangers.is_number_taken(matter.number)
        assert not hidden_dangers.is_number_taken(f"{matter.number[:-1]}_")
        assert not inspections.is_number_taken(matter.number)
