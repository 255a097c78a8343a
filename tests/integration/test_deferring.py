"""Deferred work exists exactly when its transaction commits, with a worker or inline."""

import json
from collections.abc import Iterator
from uuid import UUID

import pytest
from django.db import connection, transaction

from anlan.jobs import api
from anlan.lib import ids

SEEN: list[str] = []


@api.task(name="tests.note", queue="tests")
def note(*, word: str) -> None:
    SEEN.append(word)


@api.task(name="tests.note_and_defer", queue="tests")
def note_and_defer(*, word: str) -> None:
    with transaction.atomic():
        api.defer(note, word=f"{word} 之后")
        SEEN.append(word)


@api.task(name="tests.fail", queue="tests")
def fail() -> None:
    raise ZeroDivisionError


@pytest.fixture(autouse=True)
def nothing_seen() -> Iterator[None]:
    SEEN.clear()
    yield
    SEEN.clear()


def queued() -> list[tuple[str, dict]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name, args FROM procrastinate_jobs WHERE queue_name = 'tests' ORDER BY id")
        return [(name, json.loads(args)) for name, args in cursor]


def defer_and_roll_back(word: str) -> None:
    with transaction.atomic():
        api.defer(note, word=word)
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_a_deferral_is_a_row_of_the_same_transaction() -> None:
    subject = ids.uuid7()
    api.defer(note, word=subject)
    assert queued() == [("tests.note", {"word": str(subject)})]
    defer_and_roll_back("乙")
    assert len(queued()) == 1


@pytest.mark.django_db
def test_so_it_is_inside_a_worker_whose_own_jobs_go_by_another_connection() -> None:
    with api.app.replace_connector(api.app.connector.get_worker_connector()):
        api.defer(note, word="丙")
        defer_and_roll_back("丁")
    assert queued() == [("tests.note", {"word": "丙"})]


@pytest.mark.django_db
def test_arguments_must_be_canonical() -> None:
    with pytest.raises(TypeError):
        api.defer(note, word=0.5)


@pytest.mark.django_db(transaction=True)
def test_inline_runs_after_the_outermost_commit_in_order() -> None:
    with api.inline():
        with transaction.atomic():
            with transaction.atomic():
                api.defer(note_and_defer, word="一")
            api.defer(note, word="二")
            assert SEEN == []
        assert SEEN == ["一", "一 之后", "二"]
    assert queued() == []


@pytest.mark.django_db(transaction=True)
def test_inline_forgets_what_was_rolled_back() -> None:
    with api.inline():
        with transaction.atomic():
            defer_and_roll_back("撤销")
            api.defer(note, word="保留")
        defer_and_roll_back("全部撤销")
    assert SEEN == ["保留"]


@pytest.mark.django_db(transaction=True)
def test_inline_lets_errors_through_and_goes_on_afterwards() -> None:
    with api.inline():
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            api.defer(fail)
        api.defer(note, word="还在")
    assert SEEN == ["还在"]


@pytest.mark.django_db
def test_run_pending_runs_what_an_open_transaction_deferred() -> None:
    with api.inline():
        api.defer(note_and_defer, word="一")
        defer_and_roll_back("撤销")
        assert SEEN == []
        assert api.run_pending() == 2
        assert SEEN == ["一", "一 之后"]
        assert api.run_pending() == 0
    with pytest.raises(RuntimeError):
        api.run_pending()


@pytest.mark.django_db
def test_inline_gives_tasks_what_a_worker_would() -> None:
    subject = ids.uuid7()
    with api.inline():
        api.defer(note, word=subject)
        api.run_pending()
    assert [UUID(word) for word in SEEN] == [subject]
