"""Loads a scale: its chunks one after another or by several processes at once, then what follows from lateness. Stopped
anywhere it leaves whole chunks, and goes on where it was when it is asked again."""

import gc
import os
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from random import Random

from django.db import connection, connections

from anlan.authz.actors import system_actor
from anlan.authz.scope import acting
from anlan.demo.growth.ground import Ground
from anlan.demo.growth.plans import Plan, plan_of
from anlan.demo.growth.scales import Scale
from anlan.demo.growth.writing import Writer
from anlan.demo.places import World
from anlan.enforcement import api as enforcement
from anlan.lib import clock
from anlan.processes import api as processes
from anlan.supervision import api as supervision

OVERDUE = "hidden_danger.rectification_overdue"
LATE = (OVERDUE, "hidden_danger.acknowledgement_overdue")
Progress = Callable[[int, int], None]


class Broken(Exception):  # noqa: N818 - see the message of whoever catches it
    """A process that wrote ended before its work did."""


@contextmanager
def hurried() -> Iterator[None]:
    """Do not wait for the disk after each of thousands of acts, but before saying that all is there; and do not look
    for cycles among what thousands of queries make and drop."""
    gc.disable()
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
    yield
    gc.enable()
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = on")
        cursor.execute("SELECT pg_logical_emit_message(true, 'anlan', 'demo')")  # its commit flushes all before it


@contextmanager
def planned_anew() -> Iterator[None]:
    """Where tables grow from nothing to tens of thousands of rows, a plan made at the beginning will not do."""
    with connection.cursor() as cursor:
        cursor.execute("SET plan_cache_mode = force_custom_plan")
        yield
        cursor.execute("RESET plan_cache_mode")


def begun(world: World, scale: Scale, seed: int) -> tuple[Plan | None, set[int]]:
    """The plan that is on its way into the county, if there is one, and the chunks that are there, by their numbers."""
    with acting(system_actor(world.county)) as system:
        entries = [said for said in processes.chronicles.written(system) if plan_of(scale, seed, said)]
    if not entries:
        return None, set()
    plan = plan_of(scale, seed, entries[0])
    return plan, {said["chunk"] for said in entries if plan_of(scale, seed, said) == plan}


def load(world: World, scale: Scale, seed: int, first: date, progress: Progress, *, at_once: int = 1) -> None:
    """Write the histories of a scale from ``first`` to now, or what is missing of the plan that is on its way.
    ``progress`` is told how many matters of how many are there."""
    plan, done = begun(world, scale, seed)
    ground = Ground(world, Random())
    plan = plan or Plan(scale, seed, first, clock.now(), len(ground.places))
    if len(ground.places) < plan.places:
        raise ValueError(f"{len(ground.places)} sites are there, {plan.places} are needed")
    writer = Writer(world, ground, plan)
    sizes = [sum(len(one.endings) for one in chunk) for chunk in writer.chunks]
    there, total = sum(sizes[number] for number in done), sum(sizes)
    missing = [number for number in range(len(sizes)) if number not in done]
    progress(there, total)
    for written in _several(writer, missing, at_once) if at_once > 1 else map(writer.write, missing):
        there += written
        progress(there, total)
    _react(world)


def _several(writer: Writer, numbers: Sequence[int], at_once: int) -> Iterator[int]:
    """Let processes of our own write the chunks; how many matters, as each is there. The first chunk comes first."""
    yield from map(writer.write, numbers[:1])
    connections.close_all()  # no connection may be shared
    gc.freeze()  # what was read until here stays shared memory
    context, lines, children = get_context("fork"), [], []
    for part in range(at_once):
        ours, theirs = context.Pipe(duplex=False)
        child = context.Process(target=_write_some, args=(writer, numbers[1 + part :: at_once], theirs, os.getpid()))
        child.start()
        theirs.close()
        lines.append(ours)
        children.append(child)
    try:
        yield from _heard(lines)
        for child in children:
            child.join()
        if any(child.exitcode for child in children):
            raise Broken
    finally:
        for child in children:
            child.terminate()
            child.join()


def _heard(lines: Sequence[Connection]) -> Iterator[int]:
    """What the processes say, until the last of them has ended."""
    left = list(lines)
    while left:
        ready = wait(left)
        for line in [one for one in left if one in ready]:
            try:
                written: int = line.recv()
            except EOFError:
                left.remove(line)
            else:
                yield written


def _write_some(writer: Writer, numbers: Iterable[int], line: Connection, parent: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # ctrl-C is for the parent, which ends us
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    with hurried():
        for number in numbers:
            if os.getppid() != parent:
                return
            line.send(writer.write(number))


def _react(world: World) -> None:
    """Lateness brings its letters and leads through the real reactions, in the order of time. Nobody is sent messages
    about the past."""
    system = system_actor(world.county)
    with acting(system):
        urged = supervision.events_urged(system)
        late = [event_id for event_id in processes.steps_taken(system, LATE) if event_id not in urged]
    for event_id in late:
        with acting(system):
            event = processes.event_by_id(event_id)
            with clock.at(event.at):
                supervision.urge(system, event)
                if event.event == OVERDUE:
                    enforcement.propose_case(system, event)
