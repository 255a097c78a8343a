"""Logs carry no secrets."""

import pytest

from anlan.config import logs


@pytest.mark.parametrize("name", ["password", "new_password", "Authorization", "api_token", "SECRET_KEY", "cookies"])
def test_a_field_with_a_secret_name_is_hidden(name: str) -> None:
    assert logs.hide_secrets(None, "info", {"event": "x", name: "hush"}) == {"event": "x", name: logs.HIDDEN}


def test_other_fields_stay() -> None:
    assert logs.hide_secrets(None, "info", {"event": "x", "child": "web"}) == {"event": "x", "child": "web"}
