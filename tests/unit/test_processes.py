"""A pid with its start time is one process for certain."""

import os
import signal
import subprocess
import sys

from anlan.config import processes
from anlan.config.processes import Identity


def sleeper(**options: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], **options)  # type: ignore[call-overload]


def test_a_zombie_is_not_alive() -> None:
    child = sleeper()
    identity = Identity.of(child.pid)
    assert identity is not None
    assert identity.alive()
    identity.send(signal.SIGKILL)
    assert processes.wait_until_gone([identity], 5)  # not yet waited for, so still there as a zombie
    os.kill(child.pid, 0)
    child.wait()


def test_another_process_with_the_same_pid_is_not_the_same() -> None:
    own = Identity.of(os.getpid())
    assert own is not None
    assert not Identity(own.pid, own.started + 1).alive()


def test_a_signal_to_the_wrong_process_is_not_sent() -> None:
    own = Identity.of(os.getpid())
    assert own is not None
    Identity(own.pid, own.started + 1).send(signal.SIGKILL)


def test_the_members_of_a_group_are_found() -> None:
    child = sleeper(start_new_session=True)
    try:
        assert [member.pid for member in processes.members_of_group(child.pid)] == [child.pid]
    finally:
        child.kill()
        child.wait()
    assert processes.members_of_group(child.pid) == []


def test_the_environment_a_process_started_with_is_read() -> None:
    child = sleeper(env={**os.environ, "MARK": "安澜=1"})
    try:
        assert processes.variable(child.pid, "MARK") == "安澜=1"
        assert processes.variable(child.pid, "NOT_THERE") is None
    finally:
        child.kill()
        child.wait()
