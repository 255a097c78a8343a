"""HTTP: the door for other slices."""

from anlan.http.auth import AUTH
from anlan.http.etag import IfMatch, check_if_match, etag_of, expected_versions, with_etag
from anlan.http.findings import FindingOut
from anlan.http.idempotency import forget_before as forget_idempotency_before
from anlan.http.last_acts import LastAct, last_act, register_last_act
from anlan.http.middleware import answer
from anlan.http.ninja_api import HouseAPI, build_api
from anlan.http.pages import Page, PageQuery, Sheet, count_each, count_each_by, no_cursor, paginate
from anlan.http.parsing import Malformed, UnsupportedMediaType
from anlan.http.problem import Problem, of_refusal, problem
from anlan.http.requests import ActingRequest, SignInRequired, actor_of, actor_or_none, is_api, is_htmx
from anlan.http.requires import is_declared, permission_of, public, public_reason_of, requires
from anlan.http.schemas import Answer, Coded, Named, OneOf, Place, Sent, answered
from anlan.http.validation import check_order, message_of, pointer_of, pointing

__all__ = [
    "AUTH",
    "ActingRequest",
    "Answer",
    "Coded",
    "FindingOut",
    "HouseAPI",
    "IfMatch",
    "LastAct",
    "Malformed",
    "Named",
    "OneOf",
    "Page",
    "PageQuery",
    "Place",
    "Problem",
    "Sent",
    "Sheet",
    "SignInRequired",
    "UnsupportedMediaType",
    "actor_of",
    "actor_or_none",
    "answer",
    "answered",
    "build_api",
    "check_if_match",
    "check_order",
    "count_each",
    "count_each_by",
    "etag_of",
    "expected_versions",
    "forget_idempotency_before",
    "is_api",
    "is_declared",
    "is_htmx",
    "last_act",
    "message_of",
    "no_cursor",
    "of_refusal",
    "paginate",
    "permission_of",
    "pointer_of",
    "pointing",
    "problem",
    "public",
    "public_reason_of",
    "register_last_act",
    "requires",
    "with_etag",
]
