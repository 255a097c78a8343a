"""`anlan` as an operator meets it, and the supervisor's handling of its children (kill -9: see tests/chaos)."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from anlan.config import processes
from anlan.config.children import Child, Record
from anlan.config.processes import Identity


def anlan(home: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "ANLAN_HOME": str(home), **variables}
    command = [sys.executable, "-m", "anlan.config.cli", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)


def until(condition: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


# The command


def test_a_taken_port_is_named_before_anything_is_started(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as squatter:
        port = squatter.getsockname()[1]
        result = anlan(tmp_path, "up", "--no-demo", ANLAN_PORT=str(port))
    assert result.returncode == 2
    assert f"端口 {port} 已被其他程序占用" in result.stderr
    assert not (tmp_path / "postgres").exists()


def test_a_wrong_setting_is_explained_without_a_traceback(tmp_path: Path) -> None:
    result = anlan(tmp_path, "up", ANLAN_PORT="eighty")
    assert result.returncode == 2
    assert result.stderr == "错误:ANLAN_PORT 须为 1 至 65535 的整数,现为 eighty\n"


def test_an_unknown_command_is_answered_with_the_nearest_known(tmp_path: Path) -> None:
    result = anlan(tmp_path, "generate_doc")
    assert result.returncode == 2
    assert "没有“generate_doc”这个命令" in result.stderr
    assert "generate_docs" in result.stderr
    assert not (tmp_path / "postgres").exists()


def test_stop_and_status_without_a_running_site(tmp_path: Path) -> None:
    assert anlan(tmp_path, "stop").stdout == "平台没有在运行\n"
    status = anlan(tmp_path, "status")
    assert (status.returncode, status.stdout) == (3, "平台没有在运行\n")


# Its children


def child(tmp_path: Path, code: str) -> Child:
    environment = {**os.environ, "ANLAN_HOME": str(tmp_path)}
    return Child("web", [sys.executable, "-c", code], environment, log_file=tmp_path / "web.log")


WITH_A_GRANDCHILD = """
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"])
time.sleep(600)
"""


def test_a_child_that_dies_is_started_again_after_growing_pauses(tmp_path: Path) -> None:
    mortal = child(tmp_path, "raise SystemExit(7)")
    mortal.start()
    pauses = []
    for _ in range(3):
        begun = time.monotonic()
        until(mortal.keep_alive)
        pauses.append(time.monotonic() - begun)
    mortal.end(5)
    assert mortal.restarts == 3
    assert pauses[0] >= 0.1
    assert pauses[2] >= 0.4


def test_a_child_that_hangs_is_ended_by_force_the_second_time(tmp_path: Path) -> None:
    deaf = child(
        tmp_path,
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(600)",
    )
    deaf.start()
    until(lambda: "1" in deaf.log_file.read_text())
    hung = deaf.identity
    assert hung is not None
    deaf.press_to_end()
    time.sleep(0.2)
    assert hung.alive()
    deaf.press_to_end()
    assert not hung.alive()
    assert deaf.keep_alive()
    assert deaf.identity != hung
    deaf.end(0)


def test_a_child_is_ended_with_all_its_own(tmp_path: Path) -> None:
    family = child(tmp_path, WITH_A_GRANDCHILD)
    family.start()
    assert family.identity is not None
    group = family.identity.pid
    until(lambda: len(processes.members_of_group(group)) == 2)
    members = processes.members_of_group(group)
    family.ask_to_end()
    family.end(1)
    assert not any(member.alive() for member in members)


def test_orphans_on_record_are_ended_and_strangers_are_not(tmp_path: Path) -> None:
    family, stranger = child(tmp_path, WITH_A_GRANDCHILD), child(tmp_path / "other", "import time; time.sleep(600)")
    (tmp_path / "other").mkdir()
    for one in (family, stranger):
        one.start()
    assert family.identity is not None
    assert stranger.identity is not None
    group = family.identity.pid
    until(lambda: len(processes.members_of_group(group)) == 2)
    record = Record(tmp_path)
    gone = Identity(2**22 + 1, 1)
    record.write(gone, {"web": family.identity, "worker": stranger.identity})
    assert record.supervisor() is None
    assert record.end_orphans(tmp_path, seconds=0.1) == ["web"]
    assert not processes.members_of_group(family.identity.pid)
    assert stranger.identity.alive()
    for one in (family, stranger):
        one.end(0)


def test_a_child_dies_with_the_process_that_started_it(tmp_path: Path) -> None:
    code = """
import os, sys, time
from pathlib import Path
from anlan.config.children import Child
child = Child("web", [sys.executable, "-c", "import time; time.sleep(600)"], dict(os.environ), log_file=Path(sys.argv[1]))
child.start()
print(child.identity.pid, child.identity.started, flush=True)
time.sleep(600)
"""
    command = [sys.executable, "-c", code, str(tmp_path / "log")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        # structlog, not configured here, prints a line of its own first
        words = next(line.split() for line in parent.stdout if line.split()[0].isdigit() and len(line.split()) == 2)
        identity = Identity(int(words[0]), int(words[1]))
        assert identity.alive()
        parent.kill()
    assert processes.wait_until_gone([identity], 5)
