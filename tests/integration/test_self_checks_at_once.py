"""Two people of an enterprise file the same month's self-check at once: one is filed, the other is told so."""

import time
from threading import Thread

import pytest
from django.core.management import call_command
from django.db import connection

from anlan.authz.scope import acting
from anlan.inspections import selectors
from anlan.inspections.models import CheckRecord
from anlan.lib import clock
from anlan.lib.refusals import Refusal
from tests.factories.cast import Cast
from tests.integration.test_checks import self_check
from tests.integration.test_idempotency import wait_for_a_waiting_insert


@pytest.mark.django_db(transaction=True)
def test_the_later_of_two_is_refused(committed_cast: Cast) -> None:
    cast = committed_cast
    call_command("load_checklists", verbosity=0)
    with acting(cast.firm):
        lists = selectors.checklist_versions(cast.firm)
        checklist = next(one for one in lists if one.checklist.code == "fire-general")
    answers: list[str] = []

    def file(*, wait: bool) -> None:
        try:
            with acting(cast.firm):
                self_check(cast, checklist, failed=(1,))
                answers.append("filed")
                if wait:
                    wait_for_a_waiting_insert()
        except Refusal as refusal:
            answers.append(f"{refusal.status} {refusal.code}")
        finally:
            connection.close()

    first, second = Thread(target=file, kwargs={"wait": True}), Thread(target=file, kwargs={"wait": False})
    first.start()
    while not answers:
        time.sleep(0.01)
    second.start()
    first.join(20)
    second.join(20)
    assert answers == ["filed", "409 already_filed"]
    with acting(cast.firm):
        month = selectors.month_of(clock.today())
        assert CheckRecord.objects.self_checks_of(month).count() == 1
