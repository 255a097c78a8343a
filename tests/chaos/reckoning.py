"""What stands in the database against the book of what was acknowledged. Read as the superuser, past every scope."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

from tests.chaos.clients import Book, Deed

# What each kind of deed leaves in the ledger, once, about its subject.
LEDGER = {
    "register": "hidden_danger.registered",
    "confirm": "hidden_danger.confirmed",
    "dispatch": "hidden_danger.dispatched",
    "check": "check.filed",
}
STATUS_AFTER = {"register": "REGISTERED", "confirm": "CONFIRMED", "dispatch": "RECTIFYING"}
BY_ITSELF = {"dispatch": "acknowledge"}
"""Whoever dispatches to itself acknowledges with the same act."""
MARK = "混沌 %"

MATTERS = "SELECT id::text, description AS mark, status, sector, source FROM hidden_dangers_hiddendanger"
CHECKS = "SELECT id::text, note AS mark, status, item_count FROM inspections_checkrecord"
FILES = "SELECT id::text, sha256, size FROM files_storedfile"
ENTRIES = "SELECT * FROM ledger_ledgerentry ORDER BY seq"
KEYS = "SELECT key FROM http_idempotencyrecord"
HISTORY = "SELECT subject_id::text, verb, count(*) FROM processes_event WHERE verb <> '' GROUP BY 1, 2"


@dataclass
class Reckoning:
    """How many deeds were sent, acknowledged and found; and everything that is not as it must be, in words."""

    sent: int = 0
    acknowledged: int = 0
    found: int = 0
    lost: int = 0
    doubled: int = 0
    altered: int = 0
    unsent: int = 0
    unacknowledged_but_done: int = 0
    ladder_rungs: int = 0
    complaints: list[str] = field(default_factory=list)

    def complain(self, column: str, what: str) -> None:
        setattr(self, column, getattr(self, column) + 1)
        self.complaints.append(f"{column}: {what}")


class Stand:
    """Everything that matters in the database, as it is now."""

    def __init__(self, conninfo: str, home: Path) -> None:
        self.home = home
        with psycopg.connect(conninfo, row_factory=dict_row) as connection:
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            self.matters = connection.execute(f"{MATTERS} WHERE description LIKE %s", [MARK]).fetchall()
            self.checks = connection.execute(f"{CHECKS} WHERE note LIKE %s", [MARK]).fetchall()
            self.files = {row["id"]: row for row in connection.execute(FILES)}
            self.entries = connection.execute(ENTRIES).fetchall()
            self.keys = Counter(row["key"] for row in connection.execute(KEYS))
            rows = connection.execute(HISTORY)
            self.history = {(row["subject_id"], row["verb"]): row["count"] for row in rows}
        self.ledger = Counter((str(entry["subject_id"]), entry["event"]) for entry in self.entries)
        self.by_mark: dict[tuple[str, str], list[dict[str, Any]]] = {}
        for kind, rows in (("register", self.matters), ("check", self.checks)):
            for row in rows:
                self.by_mark.setdefault((kind, row["mark"]), []).append(row)


def reckon(book: Book, stand: Stand) -> Reckoning:
    """Every acknowledged deed is there once, with its ledger entry, as it was sent; and nothing that nobody sent."""
    result = Reckoning(sent=len(book.deeds), acknowledged=len(book.acknowledged()))
    for deed in book.deeds:
        found = _count(deed, stand)
        if deed.is_acknowledged:
            result.found += found >= 1
        if deed.is_acknowledged and found == 0:
            result.complain("lost", f"{deed.kind} {deed.mark} was acknowledged and is not there")
        if found > 1:
            result.complain("doubled", f"{deed.kind} {deed.mark} is there {found} times")
        if not deed.is_acknowledged and found == 1:
            result.unacknowledged_but_done += 1
        if found == 1:
            for what in _differences(deed, stand):
                result.complain("altered", f"{deed.kind} {deed.mark}: {what}")
    _status(book, stand, result)
    _nothing_unsent(book, stand, result)
    for what in _broken_leaves(stand.entries):
        result.complain("altered", what)
    return result


def _count(deed: Deed, stand: Stand) -> int:
    if deed.kind in ("register", "check"):
        return len(stand.by_mark.get((deed.kind, deed.mark), []))
    if deed.kind == "upload":
        return int(deed.subject in stand.files) if deed.is_acknowledged else stand.keys[deed.key]
    return stand.history.get((deed.subject, deed.kind), 0)


def _differences(deed: Deed, stand: Stand) -> Iterable[str]:
    """What is there once: is it what was sent, with one entry of the ledger and one kept answer?"""
    if stand.keys[deed.key] != 1:
        yield f"{stand.keys[deed.key]} kept answers"
    if deed.kind == "upload":
        if deed.is_acknowledged:
            yield from _file_differences(deed, stand)
        return
    rows = stand.by_mark[("check" if deed.kind == "check" else "register", deed.mark)]
    subject = rows[0]["id"]
    if deed.subject and deed.subject != subject:
        yield f"answered as {deed.subject}, stored as {subject}"
    if stand.ledger[subject, LEDGER[deed.kind]] != 1:
        yield f"{stand.ledger[subject, LEDGER[deed.kind]]} entries in the ledger"
    if deed.kind == "register" and (rows[0]["sector"], rows[0]["source"][:5]) not in (
        ("FIRE", "GRID_"),
        ("FIRE", "GRASS"),
    ):
        yield "its columns are not those sent"
    if deed.kind in BY_ITSELF and stand.history.get((subject, BY_ITSELF[deed.kind])) != 1:
        yield "its automatic step is not there once"
    if deed.kind == "check" and rows[0]["item_count"] < 1:
        yield "its answers are missing"


def _file_differences(deed: Deed, stand: Stand) -> Iterable[str]:
    assert deed.answer is not None
    sha256 = stand.files[deed.subject]["sha256"]
    if sha256 != deed.answer["sha256"]:
        yield "another hash"
    place = stand.home / "files" / sha256[:2] / sha256[2:4] / sha256
    if not place.is_file() or hashlib.sha256(place.read_bytes()).hexdigest() != sha256:
        yield "its bytes are not on disk"


def _status(book: Book, stand: Stand, result: Reckoning) -> None:
    """Each matter stands where its last step left it."""
    last = {}
    for deed in book.deeds:
        if deed.kind in STATUS_AFTER and _count(deed, stand):
            last[deed.mark] = STATUS_AFTER[deed.kind]
    for row in stand.matters:
        if row["mark"] in last and row["status"] != last[row["mark"]]:
            result.complain("altered", f"{row['mark']} stands at {row['status']}, not at {last[row['mark']]}")


def _nothing_unsent(book: Book, stand: Stand, result: Reckoning) -> None:
    sent = {(deed.kind, deed.mark) for deed in book.deeds}
    for kind, mark in stand.by_mark:
        if (kind, mark) not in sent:
            result.complain("unsent", f"{kind} {mark}")
    keys = {deed.key for deed in book.deeds}
    for key in stand.keys - Counter(keys):
        result.complain("unsent", f"the answer kept under {key}")
    steps = {(deed.subject, kind) for deed in book.deeds for kind in (deed.kind, BY_ITSELF.get(deed.kind))}
    subjects = {row["id"]: row["mark"] for row in stand.matters}
    for subject, verb in stand.history:
        if subject in subjects and verb != "register" and (subject, verb) not in steps:
            result.complain("unsent", f"{verb} of {subjects[subject]}")


def _broken_leaves(entries: Iterable[dict[str, Any]]) -> Iterable[str]:
    """Ledger entries whose content is no longer what was hashed."""
    from anlan.ledger.api import LedgerEntry, leaf_of
    from anlan.lib import hashing

    columns = {item.attname for item in LedgerEntry._meta.concrete_fields}
    for row in entries:
        entry = LedgerEntry(**{name: value for name, value in row.items() if name in columns})
        if hashing.leaf_hash(leaf_of(entry)) != bytes(row["leaf_hash"]):
            yield f"ledger entry {row['seq']} is not what was hashed"


# Ladders

RUNGS = """
    SELECT d.id::text, array_agg(e.step ORDER BY e.step) AS steps
      FROM processes_deadline d LEFT JOIN processes_deadlineeffect e ON e.deadline_id = d.id
     WHERE d.id = ANY(%s::uuid[]) GROUP BY d.id"""
STEP_EVENTS = """
    SELECT payload->>'deadline' AS deadline, payload->>'step' AS step, count(*)
      FROM processes_event WHERE payload->>'deadline' = ANY(%s::text[]) AND kind = 'DEADLINE' GROUP BY 1, 2"""
FOLLOWING = """
    SELECT ev.id::text, (SELECT count(*) FROM supervision_supervisionletter l WHERE l.event_id = ev.id) AS letters,
           (SELECT count(*) FROM enforcement_enforcementlead c WHERE c.event_id = ev.id) AS leads,
           (SELECT count(*) FROM ledger_ledgerentry g WHERE g.payload->>'event' = ev.id::text) AS entries,
           (SELECT count(*) FROM notify_message m WHERE m.dedupe_key LIKE '%%' || ev.id::text || '%%') AS messages
      FROM processes_event ev
     WHERE ev.event = 'hidden_danger.rectification_overdue' AND ev.payload->>'deadline' = ANY(%s::text[])"""


def check_ladders(conninfo: str, deadlines: list[str], rungs: int) -> tuple[int, list[str]]:
    """Every rung of every ladder exactly once, and exactly one of what follows an overdue one; how many rungs."""
    with psycopg.connect(conninfo, row_factory=dict_row) as connection:
        climbed = connection.execute(RUNGS, [deadlines]).fetchall()
        events = connection.execute(STEP_EVENTS, [deadlines]).fetchall()
        following = connection.execute(FOLLOWING, [deadlines]).fetchall()
    wanted = list(range(rungs))
    complaints = [f"ladder {row['id']}: rungs {row['steps']}" for row in climbed if row["steps"] != wanted]
    complaints += [f"{row['step']} of {row['deadline']} {row['count']} times" for row in events if row["count"] != 1]
    if len(events) != rungs * len(deadlines):
        complaints.append(f"{len(events)} events for {rungs * len(deadlines)} rungs")
    complaints += [
        f"overdue {row['id']}: {json.dumps(row)}"
        for row in following
        if (row["letters"], row["leads"], row["entries"]) != (1, 1, 1) or not row["messages"]
    ]
    if len(following) != len(deadlines):
        complaints.append(f"{len(following)} of {len(deadlines)} ladders reached the day after")
    return len(events), complaints
