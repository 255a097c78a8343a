"""The only writers of letters and listings."""

from anlan.supervision.actions.letters import issue_letter
from anlan.supervision.actions.listings import (
    list_matter,
    recheck,
    refuse_release,
    release,
    report_progress,
    request_release,
    set_controls,
)
from anlan.supervision.actions.signing import sign_list
from anlan.supervision.actions.travelling import bring_along

__all__ = [
    "bring_along",
    "issue_letter",
    "list_matter",
    "recheck",
    "refuse_release",
    "release",
    "report_progress",
    "request_release",
    "set_controls",
    "sign_list",
]
