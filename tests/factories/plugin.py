"""Fixtures of the fixed cast. A plugin is imported before Django is set up, so the models come later."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.factories.cast import Cast


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
