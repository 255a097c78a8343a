"""Writes of accounts: users, grants, sessions, tokens, and the fact of signing in. Each leaves its entry in the ledger."""

from anlan.accounts.actions.factors import record_factor, remove_second_factor
from anlan.accounts.actions.grants import grant_by_facts, grant_role, revoke_grant
from anlan.accounts.actions.own import act_as, change_own_password, record_sign_in, record_sign_out
from anlan.accounts.actions.sessions import (
    end_all_sessions,
    end_own_other_sessions,
    end_own_session,
    end_session,
    touch_session,
)
from anlan.accounts.actions.stand_ins import end_stand_in, name_stand_in
from anlan.accounts.actions.tokens import issue_token, revoke_token, touch_token
from anlan.accounts.actions.users import (
    create_user,
    deactivate_user,
    edit_user,
    open_account,
    reactivate_user,
    reset_password,
    set_password,
)

__all__ = [
    "act_as",
    "change_own_password",
    "create_user",
    "deactivate_user",
    "edit_user",
    "end_all_sessions",
    "end_own_other_sessions",
    "end_own_session",
    "end_session",
    "end_stand_in",
    "grant_by_facts",
    "grant_role",
    "issue_token",
    "name_stand_in",
    "open_account",
    "reactivate_user",
    "record_factor",
    "record_sign_in",
    "record_sign_out",
    "remove_second_factor",
    "reset_password",
    "revoke_grant",
    "revoke_token",
    "set_password",
    "touch_session",
    "touch_token",
]
