"""The front end is built when its sources have changed, and only then."""

from pathlib import Path

import pytest

from anlan.config.frontend import Frontend


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    calls: list[str] = []

    def npm(self: Frontend, what: str, *arguments: str) -> None:
        calls.append(arguments[0])
        (self.sources / "node_modules").mkdir(exist_ok=True)

    monkeypatch.setattr(Frontend, "_npm", npm)
    return calls


@pytest.fixture
def frontend(tmp_path: Path) -> Frontend:
    sources = tmp_path / "frontend"
    (sources / "src").mkdir(parents=True)
    (sources / "package.json").write_text("{}")
    (sources / "package-lock.json").write_text("{}")
    (sources / "src" / "desk.ts").write_text("1")
    return Frontend(tmp_path)


def test_without_sources_there_is_nothing_to_do(tmp_path: Path, called: list[str]) -> None:
    Frontend(tmp_path).build()
    assert called == []


def test_the_second_build_does_nothing(frontend: Frontend, called: list[str]) -> None:
    frontend.build()
    frontend.build()
    assert called == ["ci", "run"]


@pytest.mark.parametrize(
    ("changed", "expected"), [("src/desk.ts", ["run"]), ("package-lock.json", ["ci", "run"]), ("src/new.ts", ["run"])]
)
def test_a_change_is_built(frontend: Frontend, called: list[str], changed: str, expected: list[str]) -> None:
    frontend.build()
    called.clear()
    (frontend.sources / changed).write_text("2")
    frontend.build()
    assert called == expected


def test_what_was_thrown_away_is_built_again(frontend: Frontend, called: list[str]) -> None:
    frontend.build()
    called.clear()
    (frontend.output / ".anlan-built").unlink()
    frontend.build()
    assert called == ["run"]
