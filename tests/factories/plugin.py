"""Fixtures of the fixed cast. A plugin is imported before Django is set up, so the models come later."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from django.test import Client

if TYPE_CHECKING:
    from tests.factories.cast import Cast


@pytest.fixture(autouse=True)
def nothing_signed_yet() -> Iterator[None]:
    """The last head signed lies in a file beside the key, and would outlive the database of the test that signed it."""
    from anlan.proofs import anchor

    anchor.path().unlink(missing_ok=True)
    yield
    anchor.path().unlink(missing_ok=True)


@pytest.fixture
def cast(db: None) -> "Cast":
    """The fixed cast, in a transaction that is rolled back after the test."""
    from tests.factories.cast import build_cast

    return build_cast()


@pytest.fixture
def committed_cast(transactional_db: None) -> "Cast":
    """The same, committed: for tests with several connections."""
    from tests.factories.cast import build_cast

    return build_cast()


@pytest.fixture
def client_of(cast: "Cast") -> Callable[[str], Client]:
    """``client_of("town")``: a client signed in as that person of the cast."""

    def signed_in(name: str) -> Client:
        client = Client()
        client.force_login(cast.users[name])
        return client

    return signed_in
