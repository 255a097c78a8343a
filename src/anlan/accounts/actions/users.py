"""Accounts made and looked after by administrators."""

from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from anlan.accounts import policies
from anlan.accounts.actions.grants import grant_arguments, place
from anlan.accounts.actions.sessions import drop_sessions
from anlan.accounts.actions.steps import locked_account, record_account
from anlan.accounts.facts import GrantFacts, PersonFacts
from anlan.accounts.passwords import LASTS, temporary_password
from anlan.authz.actors import Actor
from anlan.authz.models import User
from anlan.lib import clock
from anlan.lib.refusals import Invalid, NotInScope, Refused

TAKEN = "这个用户名已被使用，请换一个。"


def create_user(*, actor: Actor, username: str, display_name: str, password: str | None, phone: str = "") -> User:
    """A person who can sign in (without a password: not yet) but may nothing until a grant is given: for commands and
    the demo. Invalid (422) when the name is taken."""
    policies.check_is_system(actor)
    with transaction.atomic():
        user = _create(PersonFacts(username=username, display_name=display_name, phone=phone))
        user.password = make_password(password)
        user.save(update_fields=["password"])
        record_account(actor, user.id, "user.created")
    return user


def open_account(*, actor: Actor, person: PersonFacts, grant: GrantFacts) -> tuple[User, str]:
    """A person with a first grant, and the temporary password, which is kept nowhere. 403, 404, 422."""
    policies.check_can_administer(actor)
    person.checked()
    with transaction.atomic():
        user = _create(person)
        record_account(actor, user.id, "user.created")
        place(actor=actor, user_id=user.id, **grant_arguments(actor, grant))
        password = _set_temporary(user)
    return user, password


def edit_user(*, actor: Actor, user_id: UUID, display_name: str, phone: str) -> User:
    """Put name and telephone right. 403, 404, 409, 422."""
    with transaction.atomic():
        user = locked_account(actor, user_id, "修改姓名")
        PersonFacts(username=user.username, display_name=display_name, phone=phone).checked()
        changed = [
            name for name, value in (("display_name", display_name), ("phone", phone)) if getattr(user, name) != value
        ]
        user.display_name, user.phone = display_name, phone
        user.save(update_fields=["display_name", "phone"])
        record_account(actor, user.id, "user.edited", fields=changed)
    return user


def set_password(*, actor: Actor, user_id: UUID, password: str) -> None:
    """A new password that stays, by the system; every session of the user ends with the old one."""
    policies.check_is_system(actor)
    with transaction.atomic():
        new = {"password": make_password(password), "temporary_password_until": None}
        if not User.objects.filter(id=user_id).update(**new):
            raise NotInScope("账号")
        record_account(actor, user_id, "user.password_set")


def reset_password(*, actor: Actor, user_id: UUID) -> str:
    """A temporary password, told once: it must be changed at the first sign-in. Every session of the user ends.
    403, 404, 409."""
    with transaction.atomic():
        user = locked_account(actor, user_id, "重置密码")
        password = _set_temporary(user)
        drop_sessions(user_id)
        record_account(actor, user_id, "user.password_reset")
    return password


def deactivate_user(*, actor: Actor, user_id: UUID) -> None:
    """The user can sign in no more, and open sessions and tokens are worth nothing from the next request.
    403, 404, 409."""
    with transaction.atomic():
        user = locked_account(actor, user_id, "停用账号")
        if not user.is_active:
            raise Refused("inactive", "这个账号已经停用。")
        user.is_active = False
        user.save(update_fields=["is_active"])
        drop_sessions(user_id)
        record_account(actor, user_id, "user.deactivated")


def reactivate_user(*, actor: Actor, user_id: UUID) -> None:
    """The user can sign in again, with the password and the grants there are. 403, 404, 409."""
    with transaction.atomic():
        user = locked_account(actor, user_id, "启用账号")
        if user.is_active:
            raise Refused("active", "这个账号没有停用。")
        user.is_active = True
        user.save(update_fields=["is_active"])
        record_account(actor, user_id, "user.reactivated")


def _create(person: PersonFacts) -> User:
    if User.objects.filter(username__iexact=person.username).exists():
        raise Invalid.at("/username", TAKEN)
    try:
        with transaction.atomic():
            return User.objects.create(
                username=person.username,
                display_name=person.display_name.strip(),
                phone=person.phone,
                password=make_password(None),
            )
    except IntegrityError as error:  # somebody took it in between
        raise Invalid.at("/username", TAKEN) from error


def _set_temporary(user: User) -> str:
    password = temporary_password()
    user.password = make_password(password)
    user.temporary_password_until = clock.now() + LASTS
    user.save(update_fields=["password", "temporary_password_until"])
    return password
