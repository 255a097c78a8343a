"""Writes: one keyword-only function per verb, each one transaction, and the only writers of a matter."""

from anlan.hidden_dangers.actions.acceptance import accept_rectification, close, return_rectification
from anlan.hidden_dangers.actions.dispatching import acknowledge, dispatch, terminate
from anlan.hidden_dangers.actions.grading import confirm, confirm_major, propose_major, refuse_major
from anlan.hidden_dangers.actions.rectification import (
    approve_suspension,
    fill_five,
    refuse_suspension,
    request_suspension,
    resume,
    submit_rectification,
)
from anlan.hidden_dangers.actions.registration import dismiss, register, register_again, return_to_reporter
from anlan.hidden_dangers.actions.steps import comment

__all__ = [
    "accept_rectification",
    "acknowledge",
    "approve_suspension",
    "close",
    "comment",
    "confirm",
    "confirm_major",
    "dismiss",
    "dispatch",
    "fill_five",
    "propose_major",
    "refuse_major",
    "refuse_suspension",
    "register",
    "register_again",
    "request_suspension",
    "resume",
    "return_rectification",
    "return_to_reporter",
    "submit_rectification",
    "terminate",
]
