"""Secrets: made once, by one process, readable by nobody else."""

import json
import stat
import subprocess
import sys
from pathlib import Path

from anlan.config import secrets


def test_they_are_made_once_and_private(tmp_path: Path) -> None:
    home = tmp_path / "home"
    made = secrets.load(home)
    assert secrets.load(home) == made
    assert stat.S_IMODE((home / secrets.FILE_NAME).stat().st_mode) == 0o600
    assert len(set(made.values())) == len(secrets.MAKERS)


def test_a_secret_added_by_a_later_version_leaves_the_others_alone(tmp_path: Path) -> None:
    made = secrets.load(tmp_path)
    path = tmp_path / secrets.FILE_NAME
    path.write_text(json.dumps({name: value for name, value in made.items() if name != "demo_password"}))
    again = secrets.load(tmp_path)
    assert {**again, "demo_password": ""} == {**made, "demo_password": ""}
    assert again["demo_password"] not in {"", made["demo_password"]}


def test_processes_that_start_together_agree(tmp_path: Path) -> None:
    code = "import sys, pathlib; from anlan.config import secrets; print(secrets.load(pathlib.Path(sys.argv[1])))"
    command = [sys.executable, "-c", code, str(tmp_path / "home")]
    racers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(6)]
    assert len({racer.communicate()[0] for racer in racers}) == 1


def test_the_demo_password_can_be_read_aloud() -> None:
    password = secrets.MAKERS["demo_password"]()
    assert len(password) == 14
    assert not set(password) & set("0Oo1lI")
