"""Proofs of the ledger: sealing passes over nothing and leaves nothing half done, every tampering is found, by the
database's own check and by the stand-alone script, and a receipt is for whoever acted."""

import importlib.util
import io
import json
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, connections
from django.test import Client

from anlan.authz.actors import system_everywhere
from anlan.authz.scope import acting
from anlan.ledger import api as ledger
from anlan.ledger.api import leaf_of
from anlan.ledger.models import LedgerEntry
from anlan.lib import clock, hashing, ids, merkle
from anlan.lib.refusals import NotInScope
from anlan.processes.models import Event
from anlan.proofs import actions, anchor, api, checking, exporting, selectors, signing, wire
from anlan.proofs.models import SealedEntry, TreeHead, UnsealedEntry
from tests.factories.matters import Matters

SCRIPT = Path(__file__).parents[2] / "scripts" / "verify_ledger.py"


def load_script() -> Any:
    spec = importlib.util.spec_from_file_location("verify_ledger", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


script = load_script()


def seal_all(batch: int = actions.BATCH) -> int:
    return sum(iter(lambda: actions.seal(batch), 0))


def exported() -> list[bytes]:
    with acting(system_everywhere()):
        return list(exporting.lines())


def faults() -> list[str]:
    with acting(system_everywhere()):
        return list(checking.faults())


def record(actor: Any, event: str = "test.made") -> LedgerEntry:
    with acting(actor):
        return ledger.record(
            actor=actor, subject_type="test", subject_id=ids.uuid7(), region_path=actor.region_path,
            event=event, payload={"部门": "应急", "n": 1},
        )  # fmt: skip


def judged(lines: list[bytes], **trust: Any) -> str:
    """What the script says is wrong; empty when nothing is."""
    try:
        script.check(iter(lines), script.Trust(**trust))
    except script.Broken as broken:
        return str(broken)
    return ""


@pytest.mark.django_db
class TestSealing:
    def test_every_entry_becomes_a_leaf_once_in_its_order(self, cast):
        Matters(cast).closed()
        with acting(system_everywhere()):
            entries = list(LedgerEntry.objects.order_by("seq"))
        assert len(entries) > 20
        assert seal_all() == len(entries)
        leaves = list(SealedEntry.objects.all())
        assert [leaf.leaf_index for leaf in leaves] == list(range(len(entries)))
        assert [leaf.seq for leaf in leaves] == [entry.seq for entry in entries]
        head = selectors.latest_head()
        assert head is not None
        assert bytes(head.root) == merkle.tree_hash([bytes(entry.leaf_hash) for entry in entries])
        assert (UnsealedEntry.objects.count(), actions.seal()) == (0, 0)
        assert signing.is_signed(
            message=wire.message_of(head), signature=bytes(head.signature), key=signing.public_key()
        )

    def test_batch_by_batch_it_is_the_same_tree(self, cast):
        with acting(system_everywhere()):
            leaves = [bytes(leaf) for leaf in LedgerEntry.objects.order_by("seq").values_list("leaf_hash", flat=True)]
        assert seal_all(batch=7) == len(leaves)
        heads = {head.size: bytes(head.root) for head in selectors.heads()}
        assert len(heads) == -(-len(leaves) // 7)
        assert heads == {size: merkle.tree_hash(leaves[:size]) for size in heads}

    def test_every_proof_it_gives_is_one(self, cast):
        seal_all(batch=11)
        heads = list(selectors.heads().order_by("size"))
        last = heads[-1]
        for head in heads:
            path = selectors.consistency_path(head.size, last.size)
            assert merkle.is_consistent(
                old=head.size, new=last.size, old_root=bytes(head.root), new_root=bytes(last.root), path=path
            )
        for leaf in SealedEntry.objects.all():
            path = selectors.inclusion_path(leaf.leaf_index, last.size)
            own = bytes(leaf.hashes)[:32]
            proof = {"index": leaf.leaf_index, "size": last.size, "path": path, "root": bytes(last.root)}
            assert merkle.is_included(leaf=own, **proof)

    def test_appending_reads_no_more_for_a_larger_tree(self, cast, django_assert_max_num_queries):
        seal_all(batch=1)
        record(cast.town)
        with django_assert_max_num_queries(10):  # savepoints included
            actions.seal()

    def test_nothing_is_sealed_on_top_of_a_broken_tree(self, cast, monkeypatch):
        seal_all()
        record(cast.town)
        monkeypatch.setattr(merkle.Frontier, "root", lambda self: merkle.EMPTY)
        before = (SealedEntry.objects.count(), TreeHead.objects.count())
        with pytest.raises(actions.BrokenTreeError):
            actions.seal()
        monkeypatch.undo()
        assert (SealedEntry.objects.count(), TreeHead.objects.count()) == before
        assert actions.seal() == 1

    def test_the_application_cannot_take_an_entry_out_of_the_line_unnoticed(self, cast):
        """A temporary table of the same name comes first in the search path, but not for the trigger."""
        seal_all()
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE proofs_unsealedentry (seq bigint, leaf_hash bytea) ON COMMIT DROP")
            entry = record(cast.town)
            cursor.execute("DROP TABLE pg_temp.proofs_unsealedentry")
        assert list(UnsealedEntry.objects.values_list("seq", flat=True)) == [entry.seq]
        assert faults() == []
        UnsealedEntry.objects.filter(seq=entry.seq).delete()
        assert [fault for fault in faults() if f"存证 {entry.seq}" in fault]


def forge(owner: psycopg.Connection, since: int = 0) -> None:
    """As the owner of the database, without the key: an entry altered, and every hash behind it made to fit; one head
    left, over all of it."""
    with acting(system_everywhere()):
        entries = list(LedgerEntry.objects.filter(seq__in=SealedEntry.objects.values("seq")).order_by("seq"))
    entries[5].payload = {"forged": True}
    tree = merkle.Frontier()
    owner.execute(
        """ALTER TABLE ledger_ledgerentry DISABLE TRIGGER append_only;
           ALTER TABLE proofs_sealedentry DISABLE TRIGGER append_only;
           ALTER TABLE proofs_treehead DISABLE TRIGGER append_only"""
    )
    for index, entry in enumerate(entries):
        leaf = hashing.leaf_hash(leaf_of(entry))
        owner.execute(
            "UPDATE ledger_ledgerentry SET payload = %s, leaf_hash = %s WHERE seq = %s",
            [json.dumps(entry.payload), leaf, entry.seq],
        )
        hashes = b"".join(tree.append(leaf))
        owner.execute("UPDATE proofs_sealedentry SET hashes = %s WHERE leaf_index = %s", [hashes, index])
    owner.execute("DELETE FROM proofs_treehead WHERE size < %s", [len(entries)])
    owner.execute("UPDATE proofs_treehead SET root = %s", [tree.root()])


def lock_again(owner: psycopg.Connection) -> None:
    owner.execute(
        """ALTER TABLE ledger_ledgerentry ENABLE TRIGGER append_only;
           ALTER TABLE proofs_sealedentry ENABLE TRIGGER append_only;
           ALTER TABLE proofs_treehead ENABLE TRIGGER append_only"""
    )


@pytest.mark.django_db(transaction=True)
class TestWhatIsSignedHere:
    """Who has the database and not the key may not have it signed by whoever has."""

    def test_the_last_head_is_kept_beside_the_key_once_it_is_committed(self, committed_cast):
        seal_all(batch=7)
        head = selectors.latest_head()
        assert head is not None
        assert anchor.read() == anchor.Anchor(head.size, bytes(head.root))
        assert anchor.path().stat().st_mode & 0o777 == 0o600

    @pytest.mark.parametrize("known", [True, False], ids=["signed here", "first look"])
    def test_a_forged_past_is_not_sealed(self, committed_cast, owner_connection, known):
        seal_all(batch=7)
        before = TreeHead.objects.count()
        assert before > 1
        if not known:
            anchor.path().unlink()
        try:
            forge(owner_connection)
            record(committed_cast.town)
            with pytest.raises(actions.BrokenTreeError, match="签名不符" if not known else "改写过"):
                actions.seal()
            assert TreeHead.objects.count() == 1
            assert any("改写过" in fault or "签名不符" in fault for fault in faults())
        finally:
            lock_again(owner_connection)

    def test_nor_one_signed_with_another_key(self, committed_cast, owner_connection, settings):
        """The nodes up to what was signed here fit; the head on top is a stranger's."""
        seal_all()
        own = settings.LEDGER_KEY
        kept = anchor.path().read_bytes()
        record(committed_cast.town)
        settings.LEDGER_KEY = "07" * 32
        seal_all()
        settings.LEDGER_KEY = own
        anchor.path().write_bytes(kept)
        record(committed_cast.town)
        with pytest.raises(actions.BrokenTreeError, match="不是本机签名的"):
            actions.seal()

    def test_a_key_made_anew_goes_on_where_the_old_one_ended(self, committed_cast, settings):
        seal_all()
        settings.LEDGER_KEY = "07" * 32
        record(committed_cast.town)
        assert actions.seal() == 1
        assert faults() == []

    def test_a_ledger_made_shorter_is_told_and_not_sealed_anew(self, committed_cast, owner_connection):
        """Its last entries, leaves and heads gone together: what is left fits itself."""
        seal_all(batch=7)
        try:
            owner_connection.execute(
                """ALTER TABLE ledger_ledgerentry DISABLE TRIGGER append_only;
                   ALTER TABLE proofs_sealedentry DISABLE TRIGGER append_only;
                   ALTER TABLE proofs_treehead DISABLE TRIGGER append_only;
                   DELETE FROM ledger_ledgerentry WHERE seq IN (SELECT seq FROM proofs_sealedentry WHERE leaf_index > 6);
                   DELETE FROM proofs_sealedentry WHERE leaf_index > 6; DELETE FROM proofs_treehead WHERE size > 7"""
            )
            assert any("后面的被去掉了" in fault for fault in faults())
            record(committed_cast.town)
            with pytest.raises(actions.BrokenTreeError, match="后面的被去掉了"):
                actions.seal()
            owner_connection.execute("DELETE FROM proofs_sealedentry; DELETE FROM proofs_treehead")
            with pytest.raises(actions.BrokenTreeError, match="数据库里只到第 0 条"):
                actions.seal()
        finally:
            lock_again(owner_connection)

    def test_who_died_before_it_was_kept_goes_on(self, committed_cast, monkeypatch):
        seal_all()
        record(committed_cast.town)
        monkeypatch.setattr(anchor, "keep", lambda size, root: None)
        assert actions.seal() == 1
        monkeypatch.undo()
        record(committed_cast.town)
        assert actions.seal() == 1
        assert anchor.read().size == selectors.latest_head().size
        assert faults() == []


@pytest.mark.django_db
def test_a_clock_set_back_does_not_date_a_head_before_another(cast):
    with clock.at(clock.now()):
        seal_all()
    first = selectors.latest_head()
    with clock.at(clock.now() - timedelta(days=1)):
        record(cast.town)
        seal_all()
    second = selectors.latest_head()
    assert (second.size, second.at > first.at) == (first.size + 1, True)
    assert faults() == []


@pytest.fixture
def application(test_cluster, test_database, committed_cast) -> Iterator[Callable[[], psycopg.Connection]]:
    """Connections of the application's role that see everything, each transaction its own."""
    opened = []

    def connect() -> psycopg.Connection:
        found = psycopg.connect(test_cluster.app(test_database).conninfo())
        found.execute("SELECT set_config('anlan.lo', '', false), set_config('anlan.hi', '~', false)")
        found.commit()
        opened.append(found)
        return found

    yield connect
    for one in opened:
        one.close()


def insert(one: psycopg.Connection, n: int) -> int:
    """An entry in the connection's open transaction; its ``seq``."""
    row = one.execute(
        """INSERT INTO ledger_ledgerentry (entry_id, at, region_path, subject_type, subject_id, event, payload, leaf_hash, alg)
           VALUES (gen_random_uuid(), now(), '/33/', 'test', gen_random_uuid(), 'test.made', '{}', %s, 'none')
           RETURNING seq""",
        [bytes([n]) * 32],
    ).fetchone()
    assert row
    return int(row[0])


@pytest.mark.django_db(transaction=True)
class TestConcurrently:
    def test_what_commits_late_is_passed_over_by_no_sealer(self, application):
        seal_all()
        sealed = SealedEntry.objects.count()
        early, late, never = application(), application(), application()
        first, lost, second = insert(early, 1), insert(never, 2), insert(late, 3)
        assert first < lost < second
        late.commit()
        assert seal_all() == 1
        never.rollback()
        third = insert(late, 4)
        late.commit()
        assert seal_all() == 1
        early.commit()
        assert seal_all() == 1
        assert list(SealedEntry.objects.filter(leaf_index__gte=sealed).values_list("seq", flat=True)) == [
            second,
            third,
            first,
        ]
        assert UnsealedEntry.objects.count() == 0

    def test_one_seals_at_a_time(self, application):
        other = application()
        other.execute("SELECT pg_advisory_xact_lock(%s)", [actions.SEALERS_LOCK])
        assert actions.seal() == 0
        other.rollback()
        assert actions.seal() > 0

    def test_a_sealer_that_dies_leaves_nothing_half_done(self, application, monkeypatch):
        actions.seal(5)
        kept = (UnsealedEntry.objects.count(), SealedEntry.objects.count(), TreeHead.objects.count())
        assert kept[0] > 5
        other = application()

        def killed(self: Any, *args: Any, **options: Any) -> None:
            """Leaves and nodes are written, the head is not."""
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [connection.connection.info.backend_pid])
            super(TreeHead, self).save(*args, **options)

        monkeypatch.setattr(TreeHead, "save", killed)
        with pytest.raises(DatabaseError):
            actions.seal()
        monkeypatch.undo()
        connections.close_all()
        assert (UnsealedEntry.objects.count(), SealedEntry.objects.count(), TreeHead.objects.count()) == kept
        assert seal_all() == kept[0]
        assert faults() == []


TAMPERINGS = {
    # what the owner of the database does with every lock taken off → what is said
    "a changed payload": (
        "UPDATE ledger_ledgerentry SET payload = payload || '{\"x\": 1}' WHERE seq = %(seq)s",
        "内容与封存时不同",
    ),
    "another instant": (
        "UPDATE ledger_ledgerentry SET at = at + interval '1 microsecond' WHERE seq = %(seq)s",
        "内容与封存时不同",
    ),
    "somebody else": (
        "UPDATE ledger_ledgerentry SET actor_id = gen_random_uuid() WHERE seq = %(seq)s",
        "内容与封存时不同",
    ),
    "a missing entry": ("DELETE FROM ledger_ledgerentry WHERE seq = %(seq)s", "账本中却没有"),
    "a missing leaf": ("DELETE FROM proofs_sealedentry WHERE seq = %(seq)s", "封存记录缺失"),
    "missing last leaves": ("DELETE FROM proofs_sealedentry WHERE leaf_index > 9", "封存记录只到第 10 条"),
    "a changed leaf": (
        "UPDATE proofs_sealedentry SET hashes = set_byte(hashes, 3, get_byte(hashes, 3) # 1) WHERE seq = %(seq)s",
        "根不符",
    ),
    "a changed node": (
        "UPDATE proofs_sealedentry SET hashes = set_byte(hashes, 40, get_byte(hashes, 40) # 1) WHERE leaf_index = 1",
        "树节点不符",
    ),
    "two leaves in each other's place": (
        "UPDATE proofs_sealedentry SET seq = CASE seq WHEN %(seq)s THEN -%(seq)s ELSE seq END",
        "账本中却没有",
    ),
    "a changed root": ("UPDATE proofs_treehead SET root = sha256('x')", "根与签名的根不符"),
    "an earlier instant of a head": ("UPDATE proofs_treehead SET at = at - interval '1 day'", "签名不符"),
    "another key": ("UPDATE proofs_treehead SET public_key = sha256('x')", "签名不符"),
}


@pytest.mark.django_db(transaction=True)
def test_what_the_owner_of_the_database_changes_is_found(committed_cast, owner_connection):
    seal_all(batch=20)
    assert faults() == []
    seq = SealedEntry.objects.get(leaf_index=12).seq
    owner_connection.execute(
        """ALTER TABLE ledger_ledgerentry DISABLE TRIGGER append_only;
           ALTER TABLE proofs_sealedentry DISABLE TRIGGER append_only;
           ALTER TABLE proofs_treehead DISABLE TRIGGER append_only;
           CREATE TABLE kept_entry AS TABLE ledger_ledgerentry; CREATE TABLE kept_leaf AS TABLE proofs_sealedentry;
           CREATE TABLE kept_head AS TABLE proofs_treehead"""
    )
    found = {}
    for name, (statement, _) in TAMPERINGS.items():
        owner_connection.execute(statement, {"seq": seq})
        found[name] = " ".join(faults())
        owner_connection.execute(
            """ALTER TABLE ledger_ledgerentry DISABLE TRIGGER await_seal;
               DELETE FROM ledger_ledgerentry; DELETE FROM proofs_sealedentry; DELETE FROM proofs_treehead;
               INSERT INTO ledger_ledgerentry TABLE kept_entry; INSERT INTO proofs_sealedentry TABLE kept_leaf;
               INSERT INTO proofs_treehead TABLE kept_head;
               ALTER TABLE ledger_ledgerentry ENABLE TRIGGER await_seal"""
        )
    assert {name: text for name, text in found.items() if TAMPERINGS[name][1] not in text} == {}
    assert faults() == []


@pytest.fixture
def a_ledger(cast) -> list[bytes]:
    """An export of 65 entries of two counties and eight heads."""
    Matters(cast).closed()
    for n in range(40):
        record((cast.town, cast.other, cast.city)[n % 3])
    seal_all(batch=9)
    lines = exported()
    assert len(lines) > 65
    return lines


def resealed(line: bytes, entry: dict[str, Any], index: int) -> bytes:
    """An entry's line as a forger writes it: the hash fits again."""
    leaf = hashing.leaf_hash(entry).hex()
    return hashing.canonical_bytes({"entry": entry, "leaf_hash": leaf, "leaf_index": index}) + b"\n"


def tampered(lines: list[bytes], chance: random.Random) -> list[bytes]:
    """The export with one thing done to it at random."""
    made = list(lines)
    entries = [n for n, line in enumerate(lines) if line.startswith(b'{"entry"')]
    heads = [n for n, line in enumerate(lines) if line.startswith(b'{"at"')]
    n, at = chance.randrange(len(made)), chance.choice(entries)
    what = chance.choice(
        ["byte", "byte", "drop", "repeat", "swap", "cut", "forge", "forge", "insert", "renumber", "head", "join"]
    )
    if what == "byte":
        place = chance.randrange(len(made[n]))
        other = bytes([made[n][place] ^ chance.randrange(1, 256)])
        made[n] = made[n][:place] + other + made[n][place + 1 :]
    elif what == "drop":
        del made[n]
    elif what == "repeat":
        made.insert(n, made[n])
    elif what == "swap":
        other_n = chance.choice([one for one in entries if one != at])
        made[at], made[other_n] = made[other_n], made[at]
    elif what == "cut":
        made = made[:n]
    elif what in ("forge", "insert"):
        value = json.loads(made[at])
        name = chance.choice(["event", "actor", "payload", "at", "subject_id"])
        value["entry"][name] = {"forged": chance.random().hex()} if name == "payload" else str(ids.uuid7())
        forged = resealed(made[at], value["entry"], value["leaf_index"])
        made[at : at + (what == "forge")] = [forged]
    elif what == "renumber":  # an entry left out, the rest numbered anew, so that only the roots can tell
        del made[at]
        for one in range(at, len(made)):
            value = json.loads(made[one])
            if "entry" in value:
                made[one] = resealed(made[one], value["entry"], value["leaf_index"] - 1)
    elif what == "head":
        value = json.loads(made[chance.choice(heads)])
        name = chance.choice(sorted(value))
        place = made.index(hashing.canonical_bytes(value) + b"\n")
        value[name] = value[name] + 1 if isinstance(value[name], int) else value[name][::-1]
        made[place] = hashing.canonical_bytes(value) + b"\n"
    else:
        made[n] = made[n].rstrip(b"\n")
    return made


@pytest.mark.django_db
class TestTheScript:
    def test_it_is_small_and_needs_nothing(self, a_ledger, tmp_path):
        text = SCRIPT.read_text("utf-8")
        assert len(text.splitlines()) <= 200
        path = tmp_path / "ledger.jsonl"
        path.write_bytes(b"".join(a_ledger))
        alone = [sys.executable, "-I", "-S", str(SCRIPT), str(path)]  # no packages of anybody
        answer = subprocess.run(alone, capture_output=True, text=True, check=True)
        head = selectors.latest_head()
        assert head is not None
        assert f"{head.size} 条全部相符" in answer.stdout
        assert "没有核对" in answer.stdout
        path.write_bytes(b"".join(a_ledger[:-1]))
        answer = subprocess.run(alone, capture_output=True, text=True, check=False)
        assert (answer.returncode, answer.stdout) == (1, "")
        assert "文件不完整" in answer.stderr
        missing = subprocess.run([*alone[:-1], str(tmp_path / "none")], capture_output=True, text=True, check=False)
        assert missing.returncode == 1
        assert "Traceback" not in missing.stderr

    def test_a_thousand_tamperings_are_all_found(self, a_ledger):
        assert judged(a_ledger) == ""
        chance = random.Random(6962)
        missed, tried = [], 0
        while tried < 1_000:
            made = tampered(a_ledger, chance)
            if made == a_ledger:
                continue
            tried += 1
            if not judged(made):
                missed.append(made)
        assert missed == []

    def test_what_was_done_is_said(self, a_ledger):
        at = next(n for n, line in enumerate(a_ledger) if b'"leaf_index":30}' in line)
        value = json.loads(a_ledger[at])
        altered = a_ledger[at].replace(b'"v":1', b'"v":2')
        assert "第 30 条：内容与它的哈希不符" in judged([*a_ledger[:at], altered, *a_ledger[at + 1 :]])
        assert "应是第 30 条，写的是第 31 条" in judged([*a_ledger[:at], *a_ledger[at + 1 :]])
        forged = resealed(a_ledger[at], {**value["entry"], "event": "x"}, 30)
        assert "第 27 至 35 条中有的被改动" in judged([*a_ledger[:at], forged, *a_ledger[at + 1 :]])

    def test_a_ledger_signed_anew_with_another_key_is_only_as_good_as_the_key(self, a_ledger, settings):
        """Whoever has the database and any key makes a ledger that fits itself: the published key and the heads
        others saved tell."""
        key, saved = signing.key_id(signing.public_key()), heads_of(a_ledger)
        settings.LEDGER_KEY = "07" * 32
        forged = signed_anew(a_ledger)
        assert judged(forged) == ""
        assert "另一把密钥" in judged(forged, keys=[key])
        assert judged(a_ledger, keys=[key]) == ""
        assert judged(a_ledger, keys=[key], saved=saved) == ""
        assert "改写过" in judged(forged, saved=saved)

    def test_with_the_key_and_the_database_only_saved_heads_tell(self, a_ledger):
        key, saved = signing.key_id(signing.public_key()), heads_of(a_ledger)
        forged = signed_anew(a_ledger)
        assert judged(forged, keys=[key]) == ""
        first = min(size for size, root in saved.items() if heads_of(forged)[size] != root)
        assert "改写过" in judged(forged, keys=[key], saved={first: saved[first]})

    def test_saved_heads_that_contradict_each_other_are_themselves_the_finding(self, a_ledger, tmp_path):
        """Two witnesses were shown two ledgers."""
        saved = [{"size": size, "root": root} for size, root in heads_of(a_ledger).items()]
        path = tmp_path / "heads.json"
        path.write_text(json.dumps({"items": saved}))
        assert script.saved_heads(path) == heads_of(a_ledger)
        for nothing in ("[]", '{"items": []}'):
            path.write_text(nothing)
            with pytest.raises(script.Broken, match="无从对照"):
                script.saved_heads(path)
        path.write_text(json.dumps([*saved, {**saved[0], "root": "00" * 32}]))
        with pytest.raises(script.Broken, match="不同的账本"):
            script.saved_heads(path)

    def test_a_head_dated_before_the_one_before_it_is_found(self, a_ledger):
        """Whoever has the key may not say that what came later was signed sooner."""
        heads = [number for number, line in enumerate(a_ledger) if line.startswith(b'{"at"')]
        head = json.loads(a_ledger[heads[-1]])
        del head["signature"]
        head["at"] = "2020-01-01T00:00:00.000000Z"
        head["signature"] = signing.sign(hashing.canonical_bytes(head)).hex()
        made = list(a_ledger)
        made[heads[-1]] = hashing.canonical_bytes(head) + b"\n"
        assert "比它之前的树头还早" in judged(made)

    def test_an_earlier_export_is_older_than_a_saved_head(self, a_ledger, cast):
        record(cast.town)
        seal_all()
        saved = heads_of(exported())
        assert judged(a_ledger) == ""
        assert "少了后面的条目" in judged(a_ledger, saved=saved)

    def test_an_empty_ledger_is_whole(self, db):
        lines = exported()
        assert len(lines) == 1
        assert judged(lines) == ""


def heads_of(lines: list[bytes]) -> dict[int, str]:
    heads = [json.loads(line) for line in lines if line.startswith(b'{"at"')]
    return {head["size"]: head["root"] for head in heads}


def signed_anew(lines: list[bytes]) -> list[bytes]:
    """The 31st entry altered, and everything after it made to fit with the key at hand."""
    tree, made = merkle.Frontier(), []
    for line in lines[1:]:
        value = json.loads(line)
        if "entry" in value:
            if value["leaf_index"] == 30:
                value["entry"]["event"] = "forged"
            tree.append(hashing.leaf_hash(value["entry"]))
            made.append(resealed(line, value["entry"], value["leaf_index"]))
        else:
            value |= {"root": tree.root().hex(), "public_key": signing.public_key().hex()}
            del value["signature"]
            value["signature"] = signing.sign(hashing.canonical_bytes(value)).hex()
            made.append(hashing.canonical_bytes(value) + b"\n")
    opening = {**json.loads(lines[0]), "root": tree.root().hex()}
    return [hashing.canonical_bytes(opening) + b"\n", *made]


@pytest.mark.django_db
class TestCommands:
    def test_export_verify_and_seal(self, cast, tmp_path, capfd):
        waiting = UnsealedEntry.objects.count()
        assert call("ledger", "seal") == f"封存 {waiting} 条。\n"
        assert f"相符：{waiting} 条，等待封存 0 条" in call("verify")
        assert call("ledger", "verify") == call("verify")
        path = tmp_path / "ledger.jsonl"
        call("ledger", "export", str(path))
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.read_bytes().splitlines(keepends=True) == exported()
        call("ledger", "export", "-")
        assert capfd.readouterr().out.encode() == path.read_bytes()
        assert judged(exported()) == ""

    def test_it_holds_every_county(self, cast):
        """The operator's export; no address of the site gives it."""
        record(cast.other, "test.theirs")
        record(cast.town, "test.ours")
        seal_all()
        text = b"".join(exported()).decode()
        assert "test.theirs" in text
        assert "test.ours" in text

    def test_a_fault_ends_with_one(self, cast, monkeypatch):
        monkeypatch.setattr(checking, "faults", lambda: iter(["坏了"]))
        with pytest.raises(SystemExit) as ended:
            call("verify")
        assert ended.value.code == 1


def call(*words: str) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out, stderr=io.StringIO())
    return out.getvalue()


@pytest.mark.django_db
class TestPublished:
    def test_heads_are_for_anybody_and_hold_nothing_else(self, cast):
        seal_all(batch=5)
        answer = Client().get("/api/v1/ledger/tree-heads?page_size=200")
        assert answer.status_code == 200
        items = answer.json()["items"]
        assert [item["size"] for item in items] == list(selectors.heads().values_list("size", flat=True))
        assert {*items[0]} == {"v", "type", "size", "root", "at", "public_key", "signature"}
        for item in items:
            script.Trust([signing.key_id(signing.public_key())]).check_head(item, "")
        page = Client().get("/ledger/").content.decode()
        assert items[0]["root"] in page
        assert signing.public_key().hex() in page
        assert "还没有封存" not in page

    def test_an_empty_page_says_so(self, db):
        assert "还没有封存任何条目" in Client().get("/ledger/").content.decode()

    def test_proofs_are_for_anybody(self, cast):
        seal_all(batch=5)
        new, *_, old = Client().get("/api/v1/ledger/tree-heads").json()["items"]
        path = Client().get(f"/api/v1/ledger/consistency?first={old['size']}&second={new['size']}").json()["path"]
        assert merkle.is_consistent(
            old=old["size"], new=new["size"], old_root=bytes.fromhex(old["root"]),
            new_root=bytes.fromhex(new["root"]), path=[bytes.fromhex(part) for part in path],
        )  # fmt: skip
        path = Client().get(f"/api/v1/ledger/inclusion?leaf_index=3&size={new['size']}").json()["path"]
        leaf = bytes(SealedEntry.objects.get(leaf_index=3).hashes)[:32]
        assert merkle.is_included(leaf=leaf, index=3, size=new["size"], root=bytes.fromhex(new["root"]),
                                  path=[bytes.fromhex(part) for part in path])  # fmt: skip

    @pytest.mark.parametrize(
        "query",
        [
            "consistency?first=0&second=5",
            "consistency?first=6&second=5",
            "consistency?first=1&second=999999",
            "consistency?first=1&second=99999999999999999999",
            "consistency?first=-1&second=5",
            "consistency?first=x&second=5",
            "inclusion?leaf_index=5&size=5",
            "inclusion?leaf_index=0&size=0",
            "inclusion?size=5",
        ],
    )
    def test_what_there_is_no_proof_of_is_refused(self, cast, query):
        seal_all()
        answer = Client().get(f"/api/v1/ledger/{query}")
        assert answer.status_code == 422
        assert answer.json()["errors"]


def own_entry(user_id: Any, event: str) -> LedgerEntry:
    with acting(system_everywhere()):
        return LedgerEntry.objects.filter(actor_id=user_id, event=event).latest("seq")


@pytest.mark.django_db
class TestReceipts:
    def test_who_acted_gets_one_that_holds_without_us(self, cast, client_of):
        Matters(cast).confirmed()
        entry = own_entry(cast.town.user_id, "hidden_danger.confirmed")
        address = f"/ledger/receipts/{entry.entry_id}/"
        page = client_of("town").get(address).content.decode()
        assert "尚未封存" in page
        assert client_of("town").get(f"/api/v1{address[:-1]}").json()["tree_head"] is None
        assert judged([client_of("town").get(f"{address}file/").content]) != ""
        seal_all(batch=13)
        page = client_of("town").get(address).content.decode()
        assert "尚未封存" not in page
        assert "核定" in page
        file = client_of("town").get(f"{address}file/")
        assert file["Content-Disposition"].startswith("attachment")
        said = script.check(iter(io.BytesIO(file.content)), script.Trust([signing.key_id(signing.public_key())]))
        assert f"前 {selectors.latest_head().size} 条" in said
        receipt = client_of("town").get(f"/api/v1{address[:-1]}").json()
        assert receipt == json.loads(file.content)
        assert receipt["leaf_hash"] in page

    def test_a_changed_receipt_is_found(self, cast, client_of):
        Matters(cast).confirmed()
        seal_all(batch=13)
        entry = own_entry(cast.town.user_id, "hidden_danger.confirmed")
        receipt = client_of("town").get(f"/api/v1/ledger/receipts/{entry.entry_id}").json()
        assert judged([json.dumps(receipt).encode()]) == ""
        changes: list[dict[str, Any]] = [
            {"entry": {**receipt["entry"], "event": "x"}},
            {"leaf_hash": "00" * 32},
            {"leaf_index": receipt["leaf_index"] + 1},
            {"leaf_index": receipt["leaf_index"] ^ 1},
            {"inclusion": receipt["inclusion"][:-1]},
            {"inclusion": [*receipt["inclusion"], "00" * 32]},
            {"inclusion": receipt["inclusion"][::-1]},
            {"inclusion": None},
            {"tree_head": {**receipt["tree_head"], "size": receipt["tree_head"]["size"] + 1}},
            {"tree_head": {**receipt["tree_head"], "at": "2020-01-01T00:00:00.000000Z"}},
            {"tree_head": []},
        ]
        assert [change for change in changes if not judged([json.dumps({**receipt, **change}).encode()])] == []

    def test_what_can_be_read_in_two_ways_is_refused(self, cast, client_of):
        Matters(cast).confirmed()
        seal_all(batch=13)
        entry = own_entry(cast.town.user_id, "hidden_danger.confirmed")
        text = client_of("town").get(f"/api/v1/ledger/receipts/{entry.entry_id}").content.decode()
        assert judged([text.encode()]) == ""
        twice = text.replace('"event":', '"event": "hidden_danger.closed", "event":', 1)
        assert twice != text
        assert judged([twice.encode()]) != ""

    def test_against_saved_heads_one_of_another_size_proves_nothing(self, cast, client_of, tmp_path):
        """Said, not passed over: who gave saved heads believes they were used."""
        Matters(cast).confirmed()
        seal_all()
        head = wire.published_head_of(selectors.latest_head())
        entry = own_entry(cast.town.user_id, "hidden_danger.confirmed")
        receipt = client_of("town").get(f"/api/v1/ledger/receipts/{entry.entry_id}").content
        assert judged([receipt], saved={head["size"]: head["root"]}) == ""
        assert "没有保存过" in judged([receipt], saved={head["size"] - 1: "00" * 32})
        assert "改写过" in judged([receipt], saved={head["size"]: "00" * 32})

    def test_nobody_else_gets_it(self, cast, client_of):
        Matters(cast).confirmed()
        seal_all()
        entry = own_entry(cast.town.user_id, "hidden_danger.confirmed")
        addresses = [f"/ledger/receipts/{entry.entry_id}/", f"/ledger/receipts/{entry.entry_id}/file/",
                     f"/api/v1/ledger/receipts/{entry.entry_id}"]  # fmt: skip
        for who in ("county", "firm", "village", "other", "leader", "city"):
            assert [client_of(who).get(address).status_code for address in addresses] == [404, 404, 404], who
        assert [Client().get(address).status_code for address in addresses] == [302, 302, 401]

    def test_who_acted_gets_it_for_the_organisation_it_was_done_for_only(self, cast):
        """The same person under another grant is another organisation's eyes."""
        matter = Matters(cast).confirmed()
        entry = own_entry(cast.town.user_id, "hidden_danger.confirmed")
        with acting(cast.town):
            assert selectors.receipt(cast.town, entry.entry_id).entry == entry
            event = Event.objects.get(id=entry.payload["event"])
        for name in ("village", "dept", "county", "town2"):
            elsewhere = replace(cast.actors[name], user_id=cast.town.user_id)
            with acting(elsewhere):
                with pytest.raises(NotInScope):
                    selectors.receipt(elsewhere, entry.entry_id)
                with pytest.raises(NotInScope):
                    selectors.entry_of_event(elsewhere, matter.id, event.id)
            assert api.receipt_url(elsewhere, event) == ""
        assert api.receipt_url(cast.town, event) != ""

    def test_a_line_of_the_history_leads_to_it(self, cast, client_of):
        by = Matters(cast)
        matter = by.confirmed()
        by.act(cast.town, matter, "dispatch", lead=cast.village.organisation_id, due_on=clock.today())
        by.act(cast.village, matter, "acknowledge")
        with acting(cast.town):
            events = {event.verb: event for event in Event.objects.filter(subject_id=matter.id)}
        links = {verb: f"/ledger/receipts/{matter.id}/{event.id}/" for verb, event in events.items()}
        for who, own in (
            ("town", {"register", "confirm", "dispatch"}),
            ("village", {"acknowledge"}),
            ("county", set()),
        ):
            page = client_of(who).get(f"/hidden-dangers/{matter.id}/").content.decode()
            assert {verb for verb, link in links.items() if f'href="{link}"' in page} == own
            answers = {verb: client_of(who).get(link).status_code for verb, link in links.items()}
            assert answers == {verb: 302 if verb in own else 404 for verb in links}
            assert {
                verb for verb, link in links.items() if client_of(who).get(f"/api/v1{link[:-1]}").status_code == 200
            } == own
        there = client_of("town").get(links["dispatch"], follow=True)
        assert there.status_code == 200
        assert str(events["dispatch"].id) in there.content.decode()
        assert f'href="/hidden-dangers/{matter.id}/"' in there.content.decode()

    def test_a_step_written_in_bulk_has_none_of_its_own_and_says_so(self, cast, client_of):
        matter = Matters(cast).registered()
        with acting(cast.town):
            event = Event.objects.get(subject_id=matter.id)
            event.pk = ids.uuid7()
            event.save(force_insert=True)
        answer = client_of("town").get(f"/ledger/receipts/{matter.id}/{event.id}/")
        assert answer.status_code == 409
        assert "成批写入" in answer.content.decode()
        assert client_of("county").get(f"/ledger/receipts/{matter.id}/{event.id}/").status_code == 404

    def test_it_outlives_the_erasure_of_what_was_written(self, cast, client_of):
        """Note and salt are gone; the entry, its proof and the whole ledger still hold."""
        by = Matters(cast)
        matter = by.submitted()
        by.act(cast.town, matter, "accept_rectification", note="验收意见：郑一确认")
        seal_all()
        entry = own_entry(cast.town.user_id, "hidden_danger.rectification_accepted")
        with acting(cast.town):
            event = Event.objects.get(id=entry.payload["event"])
            assert entry.payload["note_sha256"] == hashing.salted_hash(event.note, event.salt)
            Event.objects.filter(subject_id=matter.id).update(note="", salt="")
        assert faults() == []
        lines = exported()
        assert judged(lines) == ""
        assert "郑一" not in b"".join(lines).decode()
        receipt = client_of("town").get(f"/api/v1/ledger/receipts/{entry.entry_id}")
        assert judged([receipt.content]) == ""
