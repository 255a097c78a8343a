"""schemathesis against the API's own description: every operation, with data that fit it and data that do not.

The application is called in this thread and inside the test's transaction, as a county's office with a token. Half of
the ids are those of records that are there, so that the calls get past the first 404.
"""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import CHECKS as KNOWN
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from anlan.accounts import actions as accounts
from anlan.authz.scope import acting
from anlan.config.api import api
from anlan.config.wsgi import application
from tests.factories.world import World, the_world  # noqa: F401 - the fixture

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
LEFT_OUT = {
    "positive_data_acceptance": "what fits the form may still be refused: wrong state, outside the scope",
    "ensure_resource_availability": "what was made may lie outside the maker's own scope afterwards",
    "use_after_free": "nothing is deleted over the API",
    "ignored_auth": "held to cell by cell in tests/meta/test_isolation_matrix.py",
    "unsupported_method": "held to cell by cell in tests/meta/test_isolation_matrix.py",
    "missing_required_header": "no operation requires a header",
    "response_headers_conformance": "no headers are described yet",
    "allow_header_conformance": "held to by tests/integration/test_http_api.py",
    "object_level_authorization": "held to cell by cell in tests/meta/test_isolation_matrix.py",
    "max_response_time": "time is measured by the benchmarks",
}
EXAMPLES = 15

schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


@schema.hook
def filter_query(context: Any, query: dict[str, Any] | None) -> bool:
    """A parameter that was left empty was not given, which a description has no word for."""
    return not query or "" not in query.values()


@pytest.fixture
def token(world: World) -> Iterator[str]:
    """The county's token; no signal closes the connection this thread's transaction lives on."""
    system = world.everything
    with acting(system):
        _, secret = accounts.issue_token(actor=system, grant=world.cast.grants["county"], days=1)
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield secret
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


def real_ids(world: World) -> dict[str, Any]:
    return {
        "hidden_danger_id": world.stages["registered"].id,
        "enterprise_id": world.cast.enterprises["firm"].id,
        "site_id": world.cast.sites["firm"].id,
        "file_id": world.photos["own"],
        "job_id": world.jobs["county"],
        "organisation_id": world.cast.organisations["文化社区"].id,
        "code": "331082001",
    }


def answer(case: Any, token: str) -> Any:
    """The answer; whatever the call did is undone."""
    with transaction.atomic():
        response = case.call(headers={"Authorization": f"Bearer {token}"})
        transaction.set_rollback(True)
    return response


@pytest.mark.django_db
@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    phases=[Phase.generate],
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_operation(world, token, case):
    case.validate_response(answer(case, token), checks=CHECKS)
    known = {name: str(one) for name, one in real_ids(world).items() if name in (case.path_parameters or {})}
    if known:
        case.path_parameters = {**case.path_parameters, **known}
        case.validate_response(answer(case, token), checks=CHECKS)


def test_every_operation_is_walked():
    walked = {(op.ok().method.upper(), op.ok().path) for op in schema.get_all_operations()}
    assert len(walked) == len(api.operations())


def test_every_check_is_done_or_named():
    names = {check.__name__ for check in CHECKS}
    assert names & set(LEFT_OUT) == set()
    assert set(KNOWN.get_all_names()) - names - set(LEFT_OUT) == set()


@pytest.mark.django_db
def test_an_answer_that_is_not_described_is_found(world, token):
    case = schema["/api/v1/hidden-dangers"]["GET"].Case()
    case.validate_response(answer(case, token), checks=CHECKS)
    response = answer(case, token)
    response.status_code = 418
    with pytest.raises(BaseExceptionGroup):
        case.validate_response(response, checks=CHECKS)
