"""Accounts: the door for other slices."""

from anlan.accounts.actions import (
    create_user,
    deactivate_user,
    grant_role,
    issue_token,
    revoke_grant,
    revoke_token,
    set_password,
)
from anlan.accounts.context import shell
from anlan.accounts.identity import actor_in_session
from anlan.accounts.selectors import grants_of, grants_within, user_by_name

__all__ = [
    "actor_in_session",
    "create_user",
    "deactivate_user",
    "grant_role",
    "grants_of",
    "grants_within",
    "issue_token",
    "revoke_grant",
    "revoke_token",
    "set_password",
    "shell",
    "user_by_name",
]
