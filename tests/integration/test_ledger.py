"""The ledger: its canonical form, that every act is in it once, that nothing personal is, and that nobody changes it."""

import hashlib
import json
import uuid
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.authz.scope import acting
from anlan.ledger import api as ledger
from anlan.ledger.models import LedgerEntry
from anlan.lib import hashing
from anlan.lib.refusals import Refusal
from anlan.processes import api as processes
from anlan.processes.models import Event
from tests.factories.matters import Matters, in_days, paper, upload

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
INSTANTS = st.datetimes(min_value=datetime(1970, 1, 2), max_value=datetime(2200, 1, 1), timezones=st.timezones())  # noqa: DTZ001
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | TEXT
    | st.uuids()
    | st.dates()
    | INSTANTS
    | st.decimals(allow_nan=False, allow_infinity=False)
)
VALUES = st.recursive(SCALARS, lambda v: st.lists(v, max_size=3) | st.dictionaries(TEXT, v, max_size=3), max_leaves=8)
patient = settings(max_examples=100)


class TestCanonicalForm:
    """Fixed for ever (ADR 0002)."""

    def test_a_known_leaf(self):
        """Whoever reads this in ten years computes the same."""
        value = {
            "b": [1, True, None],
            "a": {"于": "隐患", "at": datetime(2026, 1, 31, 16, 0, tzinfo=timezone(timedelta(hours=8)))},
            "id": uuid.UUID(int=1),
            "on": date(2026, 1, 31),
            "cny": Decimal("10.50"),
        }
        text = (
            '{"a":{"at":"2026-01-31T08:00:00.000000Z","于":"隐患"},"b":[1,true,null],"cny":"10.50",'
            '"id":"00000000-0000-0000-0000-000000000001","on":"2026-01-31"}'
        )
        assert hashing.canonical_bytes(value).decode() == text
        assert hashing.leaf_hash(value) == hashlib.sha256(b"\x00" + text.encode()).digest()

    @patient
    @given(st.dictionaries(TEXT, VALUES, max_size=5), st.randoms())
    def test_the_order_of_keys_does_not_matter(self, value, random):
        keys = list(value)
        random.shuffle(keys)
        assert hashing.leaf_hash({key: value[key] for key in keys}) == hashing.leaf_hash(value)

    @patient
    @given(VALUES)
    def test_it_is_what_json_gives_back(self, value):
        """What is read from the column hashes as what was written."""
        canonical = hashing.canonical_value(value)
        assert hashing.canonical_bytes(json.loads(json.dumps(canonical))) == hashing.canonical_bytes(value)

    @patient
    @given(VALUES)
    def test_there_is_no_blank_and_no_float(self, value):
        text = hashing.canonical_bytes(value).decode()
        assert json.dumps(json.loads(text, parse_float=_refuse), sort_keys=True, ensure_ascii=False,
                          separators=(",", ":")) == text  # fmt: skip

    @patient
    @given(INSTANTS)
    def test_an_instant_is_one_text_in_every_zone(self, instant):
        text = hashing.canonical_instant(instant)
        assert len(text) == 27
        assert text.endswith("Z")
        assert datetime.fromisoformat(text) == instant.astimezone(UTC)  # of an hour lived twice, == knows nothing
        assert hashing.canonical_instant(instant.astimezone(UTC)) == text

    @patient
    @given(VALUES, VALUES)
    def test_different_values_differ(self, one, other):
        if hashing.canonical_value(one) != hashing.canonical_value(other):
            assert hashing.leaf_hash([one]) != hashing.leaf_hash([other])

    @pytest.mark.parametrize("value", [1.5, float("nan"), {"a": [0.1]}, object(), b"bytes"])
    def test_what_has_no_form_is_refused(self, value):
        with pytest.raises(TypeError):
            hashing.canonical_value(value)

    @patient
    @given(TEXT, TEXT)
    def test_a_salted_hash(self, one, other):
        salt = hashing.new_salt()
        assert hashing.salted_hash(one, salt) == hashlib.sha256(bytes.fromhex(salt) + one.encode()).hexdigest()
        assert hashing.salted_hash(one, salt) != hashing.salted_hash(one, hashing.new_salt())
        assert (hashing.salted_hash(one, salt) == hashing.salted_hash(other, salt)) == (one == other)


def _refuse(text: str) -> Any:
    raise AssertionError(text)


SECRETS = {
    "description": "疏散通道堆物，举报人说的原话",
    "place": "三车间东侧秘密角落",
    "confirm": "核定意见：找老王核实过",
    "propose": "提请理由：老李住在里面",
    "dispatch": "交办要求：请张三盯紧",
    "plan": "方案：由赵六施工",
    "person": "责任人钱七",
    "measures": "措施：李四看守",
    "controls": "防范措施：孙八巡查",
    "submitted": "整改说明：周九拍照",
    "returned": "退回理由：吴十没到场",
    "accepted": "验收意见：郑一确认",
    "officer one": "王二麻子",
    "officer two": "冯三保",
    "comment": "留言：电话 13912345678",
    "party": "陈五六",
}


@pytest.fixture
def loop_run(cast):
    """A major matter through everything, and a natural person's through some of it; every text a secret."""
    by, s = Matters(cast), SECRETS
    matter = by.registered(cast.village, source="GRID_PATROL", description=s["description"], place=s["place"],
                           photo_ids=[upload(cast.village)])  # fmt: skip
    by.act(cast.town, matter, "propose_major", reason=s["propose"])
    by.act(cast.fire, matter, "confirm_major", clause="判定标准第三条", cause="STATE", note=s["confirm"])
    by.act(cast.town, matter, "dispatch", lead=cast.village.organisation_id, due_on=in_days(20), note=s["dispatch"])
    by.act(cast.village, matter, "acknowledge")
    by.act(cast.firm, matter, "request_suspension", controls=s["controls"], review_on=in_days(5))
    by.act(cast.town, matter, "approve_suspension")
    by.act(cast.firm, matter, "resume")
    by.act(cast.firm, matter, "fill_five", plan=s["plan"], person=s["person"], measures=s["measures"],
           due_on=in_days(9), funds_cny="1000.50")  # fmt: skip
    by.act(cast.firm, matter, "submit_rectification", note=s["submitted"], photos=[upload(cast.firm)])
    by.act(cast.fire, matter, "return", reason=s["returned"])
    by.act(cast.firm, matter, "submit_rectification", note=s["submitted"], photos=[upload(cast.firm)])
    with acting(cast.town):
        from anlan.hidden_dangers.actions import comment

        comment(actor=cast.town, hidden_danger_id=matter.id, note=s["comment"])
    officers = [s["officer one"], s["officer two"]]
    report = upload(cast.fire, "REPORT", paper())
    by.act(cast.fire, matter, "accept_rectification", note=s["accepted"], report=[report], officers=officers)
    person = by.registered(site_id=None, region_id=cast.regions["331082001001"].id, place=s["place"])
    by.act(cast.town, person, "confirm", cause="ACT", responsible_party={"kind": "PERSON", "name": s["party"]})
    return matter


@pytest.mark.django_db
class TestALoop:
    def test_every_leaf_is_that_of_its_row(self, cast, loop_run):
        with acting(cast.system("3310")):
            entries = list(LedgerEntry.objects.all())
        assert len(entries) > 20
        for entry in entries:
            assert bytes(entry.leaf_hash) == hashing.leaf_hash(ledger.leaf_of(entry)), entry
            assert entry.alg == "sha256-v1"

    @pytest.mark.parametrize("column", ["event", "payload", "at", "actor_id", "subject_id", "region_path"])
    def test_a_changed_column_is_found(self, cast, loop_run, column):
        with acting(cast.system("3310")):
            entry = LedgerEntry.objects.filter(actor_id__isnull=False).last()
        changed = {"event": "x", "payload": {**entry.payload, "x": 1}, "at": entry.at + timedelta(microseconds=1)}
        setattr(entry, column, changed.get(column, uuid.uuid4() if column.endswith("_id") else "33/"))
        assert bytes(entry.leaf_hash) != hashing.leaf_hash(ledger.leaf_of(entry))

    def test_every_act_stands_in_it_once(self, cast, loop_run):
        with acting(cast.system("3310")):
            events = list(Event.objects.all())
            entries = list(LedgerEntry.objects.filter(subject_type="hidden_danger").exclude(event="file.attached"))
        by_event = [entry.payload["event"] for entry in entries]
        assert sorted(by_event) == sorted(str(event.id) for event in events)
        named = {str(event.id): event for event in events}
        for entry in entries:
            event = named[entry.payload["event"]]
            assert (entry.event, entry.at, entry.subject_id) == (event.event, event.at, event.subject_id)
            assert (entry.payload["from"], entry.payload["to"]) == (event.from_status, event.to_status)
            assert (entry.actor_id, entry.organisation_id) == (event.user_id, event.organisation_id)

    def test_the_order_of_an_acts_instants_is_that_of_the_loop(self, cast, loop_run):
        with acting(cast.system("3310")):
            verbs = [event.verb for event in processes.history_of(loop_run.id) if event.verb]
        assert verbs[0] == "register"
        assert verbs[-1] == "close"

    def test_no_personal_text_stands_in_it(self, cast, loop_run):
        personal = {*SECRETS.values(), "13912345678", "冯网格", "周古城", "赵消防", "韩安全", "13900000000"}
        text = whole_ledger(cast)
        assert {word for word in personal if word in text} == set()
        assert "hidden_danger.closed" in text
        with acting(cast.system("3310")):
            history = " ".join(Event.objects.values_list("note", flat=True))
        assert {SECRETS["confirm"], SECRETS["comment"], SECRETS["accepted"]} <= {w for w in personal if w in history}

    def test_a_note_is_proved_by_its_salt(self, cast, loop_run):
        with acting(cast.system("3310")):
            noted = list(Event.objects.exclude(note=""))
            entries = {e.payload.get("event"): e for e in LedgerEntry.objects.all() if "note_sha256" in e.payload}
        assert len(noted) > 8
        assert {str(event.id) for event in noted} == set(entries)
        for event in noted:
            assert len(event.salt) == 32
            digest = entries[str(event.id)].payload["note_sha256"]
            assert digest == hashing.salted_hash(event.note, event.salt)
            assert digest != hashing.salted_hash(event.note + "。", event.salt)
        assert len({event.salt for event in noted}) == len(noted)


def whole_ledger(cast: Any) -> str:
    """Every column of every entry, as text."""
    with acting(cast.system("3310")), connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(entry::text, E'\\n') FROM ledger_ledgerentry entry")
        return str(cursor.fetchone()[0])


def rows(cast: Any, subject_id: Any) -> tuple[int, int]:
    with acting(cast.system("3310")):
        return (
            Event.objects.filter(subject_id=subject_id).count(),
            LedgerEntry.objects.filter(subject_id=subject_id).count(),
        )


@pytest.mark.django_db
class TestOneTransaction:
    def test_a_rollback_takes_both(self, cast):
        by = Matters(cast)
        matter = by.registered()
        before = rows(cast, matter.id)
        with transaction.atomic():
            by.act(cast.town, matter, "dismiss", reason="误报")
            assert rows(cast, matter.id) == (before[0] + 1, before[1] + 1)
            transaction.set_rollback(True)
        assert rows(cast, matter.id) == before

    def test_without_the_ledger_there_is_no_act(self, cast, monkeypatch):
        by = Matters(cast)
        matter = by.registered()
        before = rows(cast, matter.id)

        def broken(value: Any) -> bytes:
            raise OSError("no ledger")

        monkeypatch.setattr(hashing, "leaf_hash", broken)
        with pytest.raises(OSError, match="no ledger"):
            by.act(cast.town, matter, "dismiss", reason="误报")
        monkeypatch.undo()
        assert rows(cast, matter.id) == before
        with acting(cast.town):
            assert type(matter).objects.get(id=matter.id).status == "REGISTERED"

    def test_a_refused_act_leaves_none(self, cast):
        by = Matters(cast)
        matter = by.registered()
        before = rows(cast, matter.id)
        for verb in ("acknowledge", "close"):
            with pytest.raises(Refusal):
                by.act(cast.town, matter, verb)
        assert rows(cast, matter.id) == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_ledgerentry SET payload = '{}'",
        "DELETE FROM ledger_ledgerentry",
        "TRUNCATE ledger_ledgerentry",
        "ALTER TABLE ledger_ledgerentry DISABLE TRIGGER append_only",
        "DROP TRIGGER append_only ON ledger_ledgerentry",
        "ALTER FUNCTION ledger_refuse_change() OWNER TO anlan_app",
    ],
)
def test_the_application_cannot_change_it(cast, statement):
    Matters(cast).registered()
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), acting(cast.town):
        connection.cursor().execute(statement)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE ledger_ledgerentry SET event = 'x' WHERE seq = %s", "DELETE FROM ledger_ledgerentry WHERE seq = %s"],
)
def test_not_even_the_owner_changes_it(owner_connection, statement):
    owner_connection.execute("BEGIN")
    row = owner_connection.execute(
        """INSERT INTO ledger_ledgerentry (entry_id, at, region_path, subject_type, subject_id, event, payload, leaf_hash, alg)
           VALUES (gen_random_uuid(), now(), '33/', 'test', gen_random_uuid(), 'test.made', '{}', '', 'none') RETURNING seq"""
    ).fetchone()
    with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
        owner_connection.execute(statement, row)
    owner_connection.execute("ROLLBACK")
