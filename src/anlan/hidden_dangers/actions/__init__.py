"""Writes: one keyword-only function per verb, each one transaction, and the only writers of a matter."""

from anlan.hidden_dangers.actions.acceptance import accept_rectification, close, return_rectification
from anlan.hidden_dangers.actions.advising import ask_rule
from anlan.hidden_dangers.actions.afterwards import correct, look_back, withdraw
from anlan.hidden_dangers.actions.directing import direct
from anlan.hidden_dangers.actions.dispatching import acknowledge, bounce, designate, dispatch, redispatch, terminate
from anlan.hidden_dangers.actions.extensions import approve_extension, refuse_extension, request_extension
from anlan.hidden_dangers.actions.grading import confirm, confirm_major, propose_major, refuse_major
from anlan.hidden_dangers.actions.on_the_spot import fix_on_the_spot
from anlan.hidden_dangers.actions.rectification import (
    approve_suspension,
    fill_five,
    refuse_suspension,
    request_suspension,
    resume,
    submit_rectification,
)
from anlan.hidden_dangers.actions.registration import dismiss, register, register_again, return_to_reporter
from anlan.hidden_dangers.actions.screening import merge_duplicate, report_up
from anlan.hidden_dangers.actions.steps import comment
from anlan.hidden_dangers.actions.urging import urge

__all__ = [
    "accept_rectification",
    "acknowledge",
    "approve_extension",
    "approve_suspension",
    "ask_rule",
    "bounce",
    "close",
    "comment",
    "confirm",
    "confirm_major",
    "correct",
    "designate",
    "direct",
    "dismiss",
    "dispatch",
    "fill_five",
    "fix_on_the_spot",
    "look_back",
    "merge_duplicate",
    "propose_major",
    "redispatch",
    "refuse_extension",
    "refuse_major",
    "refuse_suspension",
    "register",
    "register_again",
    "report_up",
    "request_extension",
    "request_suspension",
    "resume",
    "return_rectification",
    "return_to_reporter",
    "submit_rectification",
    "terminate",
    "urge",
    "withdraw",
]
