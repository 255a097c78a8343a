"""What the proofs of the ledger cost: a write, sealing, a proof, checking a file of a million leaves.

    python -m tests.bench.ledger [entries] [leaves]

Runs against a database of its own (that of the tests) and prints one line of JSON. The cost of a write compares the same
acts with and without the trigger, interleaved, medians, in seconds of this process and of its database process together.
"""

import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

ROUNDS, ACTS = 40, 10
SCRIPT = Path(__file__).parents[2] / "scripts" / "verify_ledger.py"
FILL = """
    INSERT INTO ledger_ledgerentry (entry_id, at, region_path, subject_type, subject_id, event, payload, leaf_hash, alg)
    SELECT gen_random_uuid(), now(), '/', 'bench', gen_random_uuid(), 'bench.made', '{}',
           sha256(convert_to(n::text, 'UTF8')), 'none' FROM generate_series(1, %s) n"""


def main(entries: int, leaves: int) -> None:
    from tests.database import TestCluster, this_run

    os.environ["ANLAN_HOME"] = str(this_run() / "home-bench")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlan.config.settings")
    cluster = TestCluster(this_run())
    cluster.start()
    try:
        cluster.clone("bench")
        import django

        django.setup()
        import psycopg
        from django.db import connection

        address = cluster.app("bench")
        keys = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
        connection.settings_dict.update({key: getattr(address, name) for key, name in keys.items()})
        with psycopg.connect(cluster.owner("bench").conninfo(), autocommit=True) as owner:
            found = {"bench": "ledger", **_writes(owner), **_sealing(owner, entries), **_proofs()}
        connection.close()
    finally:
        cluster.stop()
    print(json.dumps({**found, **_script(leaves)}), flush=True)


def _writes(owner: Any) -> dict[str, Any]:
    """An entry alone, the smallest act there is (a comment), and a matter registered: what the trigger adds to each."""
    from anlan.authz.scope import acting
    from anlan.hidden_dangers.actions import comment
    from anlan.ledger import api as ledger
    from tests.factories.cast import build_cast
    from tests.factories.matters import Matters

    cast = build_cast()
    by = Matters(cast)
    matter = by.rectifying()

    def say() -> None:
        with acting(cast.town):
            comment(actor=cast.town, hidden_danger_id=matter.id, note="已看过")

    def record() -> None:
        with acting(cast.town):
            ledger.record(actor=cast.town, subject_type="bench", subject_id=matter.id, region_path=matter.region_path,
                          event="bench.made", payload={"n": 1})  # fmt: skip

    return {
        "entry": _compared(owner, record),
        "comment": _compared(owner, say),
        "register": _compared(owner, lambda: by.registered()),
    }


def _compared(owner: Any, act: Callable[[], Any]) -> dict[str, float]:
    times: dict[str, list[float]] = {"DISABLE": [], "ENABLE": []}
    for turn in range(ROUNDS):
        for state in sorted(times, reverse=turn % 2 == 0):
            found = times[state]
            owner.execute(f"ALTER TABLE ledger_ledgerentry {state} TRIGGER await_seal")
            act()  # plans are made anew after a change of the table
            found.append(_cpu_of(lambda: [act() for _ in range(ACTS)]) / ACTS)
    without, with_trigger = (median(found) for found in times.values())
    return {"cpu_ms": round(with_trigger * 1e3, 3), "added_percent": round((with_trigger / without - 1) * 100, 2)}


def _sealing(owner: Any, entries: int) -> dict[str, Any]:
    from anlan.proofs import actions

    while actions.seal():
        pass
    owner.execute(FILL, [entries])
    started, cpu = time.perf_counter(), _cpu_of(lambda: [None for _ in iter(actions.seal, 0)])
    seconds = time.perf_counter() - started
    owner.execute("VACUUM ANALYZE proofs_sealedentry, proofs_unsealedentry")
    size, of_table = owner.execute(
        "SELECT count(*), pg_total_relation_size('proofs_sealedentry') FROM proofs_sealedentry"
    ).fetchone()
    return {
        "sealed": entries,
        "sealed_per_second": round(entries / seconds),
        "sealed_per_cpu_second": round(entries / cpu),
        "bytes_an_entry": round(of_table / size),
        "tree": size,
        "checked_per_cpu_second": round(size / _cpu_of(_check)),
    }


def _check() -> None:
    """What ``anlan verify`` does, but for the faults it finds in made-up entries."""
    from anlan.authz.actors import system_everywhere
    from anlan.authz.scope import acting
    from anlan.proofs import checking

    with acting(system_everywhere()):
        for _ in checking.faults():
            pass


def _proofs() -> dict[str, Any]:
    from anlan.proofs import selectors

    head = selectors.latest_head()
    assert head is not None
    chance = random.Random(1)
    indexes = [chance.randrange(head.size) for _ in range(300)]
    inclusion = [_timed(lambda index=index: selectors.inclusion_path(index, head.size)) for index in indexes]
    consistency = [_timed(lambda index=index: selectors.consistency_path(index + 1, head.size)) for index in indexes]
    return {
        "inclusion_ms": round(median(inclusion) * 1e3, 2),
        "consistency_ms": round(median(consistency) * 1e3, 2),
    }


def _script(leaves: int) -> dict[str, Any]:
    """The stand-alone script over a file as large as that: a process of its own, and its peak of memory."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.jsonl"
        _write_export(path, leaves)
        code = (
            "import re, runpy, sys, time; sys.argv = sys.argv[1:]\n"
            "runpy.run_path(sys.argv[0], run_name='__main__')\n"
            "print(time.process_time(), re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1])"
        )
        started = time.perf_counter()
        answer = subprocess.run(
            [sys.executable, "-c", code, str(SCRIPT), str(path)], capture_output=True, text=True, check=True
        )
        seconds = time.perf_counter() - started
        cpu, peak = answer.stdout.split()[-2:]
        return {
            "verified": leaves,
            "verify_seconds": round(seconds, 1),
            "verify_cpu": round(float(cpu), 1),
            "verify_peak_mb": int(peak) // 1024,
            "file_mb": path.stat().st_size // 2**20,
        }


def _write_export(path: Path, leaves: int, batch: int = 5_000) -> None:
    """A ledger of made-up entries, sealed every ``batch`` entries, in the form of ``anlan ledger export``."""
    from anlan.lib import hashing, ids, merkle
    from anlan.proofs import signing

    tree, heads, key = merkle.Frontier(), 0, signing.public_key().hex()
    body = path.with_suffix(".body")
    entry = {"actor": str(ids.uuid7()), "alg": "sha256-v1", "at": "2026-01-31T08:00:00.000000Z", "event": "bench.made",
             "id": "", "organisation": str(ids.uuid7()), "payload": {"event": str(ids.uuid7()), "from": "REGISTERED",
             "to": "CONFIRMED", "note_sha256": "0" * 64}, "region_path": "/33/3310/331082/331082001/",
             "subject_id": str(ids.uuid7()), "subject_type": "hidden_danger", "v": 1}  # fmt: skip
    with body.open("wb") as file:
        for index in range(leaves):
            entry["id"] = str(ids.uuid7())
            text = hashing.canonical_bytes(entry)
            leaf = hashlib.sha256(b"\x00" + text).digest()
            tree.append(leaf)
            file.write(b'{"entry":%s,"leaf_hash":"%s","leaf_index":%d}\n' % (text, leaf.hex().encode(), index))
            if tree.size % batch == 0 or tree.size == leaves:
                head = {"v": 1, "type": "anlan-tree-head", "size": tree.size, "root": tree.root().hex(),
                        "at": entry["at"], "public_key": key}  # fmt: skip
                head["signature"] = signing.sign(hashing.canonical_bytes(head)).hex()
                file.write(hashing.canonical_bytes(head) + b"\n")
                heads += 1
    opening = {"v": 1, "type": "anlan-ledger", "size": tree.size, "root": tree.root().hex(), "heads": heads}
    with path.open("wb") as file, body.open("rb") as rest:
        file.write(hashing.canonical_bytes(opening) + b"\n")
        while part := rest.read(2**20):
            file.write(part)


def _timed(act: Callable[[], Any]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def _cpu_of(act: Callable[[], Any]) -> float:
    database, own = _database_cpu(), time.process_time()
    act()
    return time.process_time() - own + _database_cpu() - database


def _database_cpu() -> float:
    """Seconds the connection's own process has worked (Linux, the database on this machine)."""
    from django.db import connection

    connection.ensure_connection()
    pid = connection.connection.info.backend_pid
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:]]
    main(*(numbers + [100_000, 1_000_000][len(numbers) :]))
