"""What the clients of a site work with, made in the site's own database: ``python -m tests.chaos.world OVERDUE``.

Run in the site's environment, as the application. Prints JSON: the cast's tokens and ids, and so many overdue
matters whose ladders have not been climbed (their rungs come due when the harness says so).
"""

import json
import sys
from datetime import timedelta
from typing import Any

import django

PEOPLE = ("town", "town2", "village")
FAR = timedelta(days=3650)


def main(overdue: int) -> None:
    django.setup()
    from anlan.lib import clock
    from tests.factories.cast import build_cast
    from tests.factories.matters import Matters

    cast = build_cast()
    with clock.at(clock.now() - timedelta(days=20)):
        late = [Matters(cast).rectifying(due_in=5, description=f"逾期 {number}") for number in range(overdue)]
    ladders = _postpone([matter.id for matter in late])
    print(json.dumps({**_facts(cast), "overdue": ladders}, default=str))


def _postpone(matter_ids: list[Any]) -> list[Any]:
    """Their deadlines; nobody looks at them until the harness brings them back to now."""
    from anlan.authz.actors import system_actors
    from anlan.authz.scope import acting
    from anlan.lib import clock
    from anlan.processes.models import Deadline

    for actor in system_actors():
        with acting(actor):
            rows = Deadline.objects.filter(subject_id__in=matter_ids, ended_at=None)
            rows.update(next_at=clock.now() + FAR)
            if found := list(rows.values_list("id", flat=True)):
                return found
    return []


def _facts(cast: Any) -> dict[str, Any]:
    from django.core.management import call_command

    from anlan.accounts.actions import issue_token
    from anlan.authz.scope import acting
    from anlan.inspections import selectors

    call_command("load_checklists", verbosity=0)
    with acting(cast.town):
        checklist = next(v for v in selectors.checklist_versions(cast.town) if v.checklist.code == "fire-general")
        items = [item.number for item in checklist.items.all()]
    tokens = {}
    for name in PEOPLE:
        with acting(cast.system()) as actor:
            _, tokens[name] = issue_token(actor=actor, grant=cast.grants[name], days=1)
    return {
        "tokens": tokens,
        "cookie": _cookie_of(cast.users["town"]),
        "sites": {"town": cast.sites["firm"].id, "village": cast.sites["firm"].id, "town2": cast.sites["firm2"].id},
        "organisations": {name: cast.actors[name].organisation_id for name in PEOPLE},
        "checklist": checklist.id,
        "items": items,
    }


def _cookie_of(user: Any) -> str:
    """What a browser sends in which that person has signed in."""
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(user)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


if __name__ == "__main__":
    main(int(sys.argv[1]))
