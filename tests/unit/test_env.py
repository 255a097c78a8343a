"""What differs between machines: read once, checked, and never the owner's address for web and worker."""

from pathlib import Path

import pytest

from anlan.config import env, web
from anlan.config.env import Address, ConfigurationError


def read(tmp_path: Path, **variables: str) -> env.Environment:
    return env.read({"ANLAN_HOME": str(tmp_path), **variables})


def test_defaults(tmp_path: Path) -> None:
    environment = read(tmp_path)
    assert environment.port == 8000
    assert environment.live_port == 8001
    assert environment.role == "app"
    assert environment.embedded
    assert environment.allowed_hosts == ("127.0.0.1", "localhost", "[::1]")


def test_the_home_is_not_in_the_repository() -> None:
    assert env.read({}).home == Path.home() / ".anlan"


@pytest.mark.parametrize("port", ["0", "65536", "-1", "abc", "8000.5", "8", "٣"])
def test_a_port_is_a_number_in_range(tmp_path: Path, port: str) -> None:
    if port == "8":
        assert read(tmp_path, ANLAN_PORT=port).port == 8
    else:
        with pytest.raises(ConfigurationError, match="ANLAN_PORT 须为"):
            read(tmp_path, ANLAN_PORT=port)


@pytest.mark.parametrize(
    ("variables", "port"),
    [({"ANLAN_PORT": "9000"}, 9001), ({"ANLAN_PORT": "65535"}, 65534), ({"ANLAN_LIVE_PORT": "7000"}, 7000)],
)
def test_live_updates_are_on_the_port_beside(tmp_path: Path, variables: dict[str, str], port: int) -> None:
    assert read(tmp_path, **variables).live_port == port


def test_an_unknown_role_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="ANLAN_DB_ROLE"):
        read(tmp_path, ANLAN_DB_ROLE="root")


def test_the_embedded_database_is_used_as_the_application_unless_migrating(tmp_path: Path) -> None:
    assert read(tmp_path).django_database()["USER"] == "anlan_app"
    assert read(tmp_path, ANLAN_DB_ROLE="owner").django_database()["USER"] == "anlan_owner"


def test_a_given_database_is_used_as_an_application_role_of_its_name(tmp_path: Path) -> None:
    environment = read(tmp_path, DATABASE_URL="postgresql://boss:secret@db.example:5433/county?sslmode=require")
    settings = environment.django_database()
    assert (settings["USER"], settings["NAME"], settings["HOST"], settings["PORT"]) == (
        "county_app",
        "county",
        "db.example",
        "5433",
    )
    assert settings["OPTIONS"]["sslmode"] == "require"
    assert settings["PASSWORD"] not in {"", "secret"}
    assert environment.owner().user == "boss"


def test_a_given_application_address_is_used_as_it_stands(tmp_path: Path) -> None:
    environment = read(tmp_path, ANLAN_APP_DATABASE_URL="postgresql://clerk:pw@db.example/county")
    assert environment.app().user == "clerk"
    with pytest.raises(ConfigurationError, match="DATABASE_URL"):
        environment.owner()


def test_the_children_do_not_learn_the_owners_address(tmp_path: Path) -> None:
    given = {"DATABASE_URL": "postgresql://boss:secret@db.example/county", "ANLAN_DB_ROLE": "owner", "HOME": "/"}
    environment = read(tmp_path, **{**given, "ANLAN_DB_ROLE": "app"})
    variables = web.child_environment(environment, given, process="anlan-web")
    assert "secret" not in " ".join(variables.values())
    assert env.read(variables).django_database()["USER"] == "county_app"


def test_an_address_survives_the_way_through_the_environment() -> None:
    address = Address.parse("postgresql://a:p%20'w@/db?host=/some%20folder&port=5&sslmode=prefer")
    assert Address.parse(address.conninfo()) == address


def test_an_address_does_not_show_its_password() -> None:
    assert "hush" not in repr(Address.parse("postgresql://a:hush@h/db"))


@pytest.mark.parametrize("address", ["postgresql://h/", "mysql://a:hush@h/db", "postgresql://a:hush hush@h/db"])
def test_what_is_not_an_address_is_refused_without_repeating_it(address: str) -> None:
    with pytest.raises(ConfigurationError, match="用户名和库名") as refused:
        Address.parse(address)
    assert "hush" not in str(refused.value)
