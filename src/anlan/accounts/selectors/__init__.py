"""Reads of accounts: who is this, what may they act as, and whom does an administrator look after."""

from anlan.accounts.selectors.administration import (
    AccountFilters,
    account_within,
    accounts_within,
    grants_of_account,
    grants_within,
    live_grants,
    lock_account,
    organisation_within,
    organisations_to_choose,
    region_within,
    regions_of,
    user_by_name,
    with_grants,
)
from anlan.accounts.selectors.identity import (
    TOUCH_EVERY,
    TokenHolder,
    digest_of,
    grants_of,
    grants_to_act_under,
    holder_of,
    is_due_for_touch,
)
from anlan.accounts.selectors.sessions import SignedIn, device_in_words, sessions_of

__all__ = [
    "TOUCH_EVERY",
    "AccountFilters",
    "SignedIn",
    "TokenHolder",
    "account_within",
    "accounts_within",
    "device_in_words",
    "digest_of",
    "grants_of",
    "grants_of_account",
    "grants_to_act_under",
    "grants_within",
    "holder_of",
    "is_due_for_touch",
    "live_grants",
    "lock_account",
    "organisation_within",
    "organisations_to_choose",
    "region_within",
    "regions_of",
    "sessions_of",
    "user_by_name",
    "with_grants",
]
