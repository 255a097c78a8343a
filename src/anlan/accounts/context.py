"""What the frame of every page shows of the person: who acts, as what, and how many messages wait."""

from functools import cache
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from anlan.accounts.selectors import grants_of
from anlan.authz.models import Grant, User
from anlan.authz.roles import ROLES
from anlan.http.api import actor_or_none
from anlan.notify import api as notify
from anlan.ui.shell import GrantChoice, Shell


def shell(request: HttpRequest) -> dict[str, Any]:
    """``actor``, ``grants``, ``unread_count`` (counted when a template asks) and ``shell`` (``anlan.ui.shell.Shell``),
    to which a slice above adds the navigation."""
    actor = actor_or_none(request)
    if actor is None:
        return {"actor": None, "grants": [], "unread_count": 0, "shell": Shell(place="", person="")}
    own: list[Grant] = request.grants  # type: ignore[attr-defined]
    grants = own or grants_of(actor.user_id) if actor.user_id else []  # a token brings no choices
    count = cache(lambda: notify.unread_count(actor))
    return {
        "actor": actor,
        "grants": grants,
        "unread_count": SimpleLazyObject(count),
        "shell": SimpleLazyObject(lambda: _shell(grants, acting_id=str(actor.grant_id), unread=count())),
    }


def _shell(grants: list[Grant], *, acting_id: str, unread: int) -> Shell:
    person = grants[0].user
    choices = [_choice(grant, person) for grant in grants]
    acting = next(choice for choice in choices if choice.id == acting_id)
    return Shell(
        place=acting.place,
        person=person.display_name,
        acting=acting,
        grants=choices,
        inbox_url=reverse("notify:inbox"),
        inbox_count=unread,
        switch_url=reverse("account_act_as"),
        account_url=reverse("account_own"),
        session_url=reverse("account_session"),
        sign_out_url=reverse("account_logout"),
    )


def _choice(grant: Grant, person: User) -> GrantChoice:
    role = ROLES[grant.role].label
    return GrantChoice(
        id=str(grant.id),
        organisation=grant.organisation.short_name,
        role=role if grant.user_id == person.id else f"{role}（代 {grant.user.display_name}）",
        place=grant.region.name,
    )
