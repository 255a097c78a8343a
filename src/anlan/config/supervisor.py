"""``anlan up``: one process in the foreground that starts everything and keeps it running.

Order: orphans of a killed predecessor are ended; the embedded database; migrations and static files (a process of
their own, as the owner); web, worker and live updates (as the application); the demo data in the background. PostgreSQL is
the only one that outlives a kill -9 of this process: the next start finds it running.
"""

import argparse
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import FrameType

import structlog

from anlan.config import database, demo, env, logs, probe, processes, web
from anlan.config.children import Child, Record
from anlan.config.embedded import Cluster
from anlan.config.errors import OperatorError
from anlan.config.fingerprint import Prepared
from anlan.lib.lock import hold

ANSWER_SECONDS = 60.0
GRACE_SECONDS = 15.0  # for requests and jobs under way when everything stops
LOOK_EVERY_SECONDS = 0.5
HEALTH_EVERY_SECONDS = 5.0
WORKER_MAY_BE_SILENT_SECONDS = 60.0
TOLD_PARTS = {"archive": "归档", "ledger": "账本"}

log = structlog.get_logger("supervisor")


class SupervisorError(OperatorError):
    """The site cannot be started."""


def main(_: str, arguments: Sequence[str]) -> None:
    """``anlan up [--demo/--no-demo]``."""
    parser = argparse.ArgumentParser(prog="anlan up", description="启动平台,前台运行;Ctrl-C 停止")
    parser.add_argument(
        "--demo", action=argparse.BooleanOptionalAction, default=True, help="库中没有演示数据时装入(默认装入)"
    )
    options = parser.parse_args(arguments)
    Supervisor(env.read(), with_demo=options.demo).run()


class Supervisor:
    """The running of one installation."""

    def __init__(self, environment: env.Environment, *, with_demo: bool) -> None:
        self.environment = environment
        self.with_demo = with_demo
        self.folder = environment.home / "run"
        self.logs = environment.home / "logs"
        self.record = Record(self.folder)
        self.cluster: Cluster | None = database.cluster(environment) if environment.embedded else None
        self.web = self._child("web", web.web_command(environment, static_root=environment.home / "static"))
        self.worker = self._child("worker", web.worker_command())
        self.services = (self.web, self.worker, self._child("live", web.live_command()))
        self.demo: Child | None = None
        self._begun = time.monotonic()
        self._stop_signals = 0
        self._next_health_look = 0.0
        self._worker_well_at = 0.0
        self._troubled: set[str] = set()

    def _child(self, name: str, command: Sequence[str]) -> Child:
        variables = web.child_environment(self.environment, os.environ, process=f"anlan-{name}")
        return Child(name, command, variables, log_file=self.logs / f"{name}.log")

    # The whole life

    def run(self) -> None:
        """Until ctrl-C, SIGTERM or ``anlan stop``."""
        for folder in (self.folder, self.logs):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with ExitStack() as stack:
            if not stack.enter_context(hold(self.folder / "up.lock")):
                raise SupervisorError(
                    f"平台已在运行(ANLAN_HOME={self.environment.home})。停止:anlan stop(或 make stop)"
                )
            stream = stack.enter_context((self.logs / "supervisor.log").open("a", encoding="utf-8"))
            logs.log_to(stream, process="anlan-supervisor")
            wakeup = self._listen_for_signals()
            try:
                self._start()
                self._watch(wakeup)
            finally:
                self._end()

    def _start(self) -> None:
        orphans = self.record.end_orphans(self.environment.home)
        if orphans:
            self._say(f"已结束上次遗留的进程:{'、'.join(orphans)}")
        self._require_free_port()
        self._start_database()
        self._prepare()
        self.web.start()
        self._write_record()
        self._await_answer()
        for child in self.services[1:]:  # only now: on a small machine they would slow each other down
            child.start()
        self._write_record()
        self._worker_well_at = time.monotonic()
        self._begin_demo()
        self._greet()

    def _watch(self, wakeup: int) -> None:
        while not self._stop_signals:
            self._wait(wakeup)
            self._keep_database()
            restarted = [child.name for child in self.services if child.keep_alive()]
            if restarted:
                self._say(f"进程意外退出,已重新启动:{'、'.join(restarted)}")
                self._write_record()
            self._look_after_demo()
            self._look_after_worker()

    def _end(self) -> None:
        self._say("正在停止……")
        children = [child for child in (self.demo, *self.services) if child is not None]
        for child in children:
            child.ask_to_end()
        deadline = time.monotonic() + GRACE_SECONDS
        for child in children:
            child.end(max(0.0, deadline - time.monotonic()) if self._stop_signals < 2 else 0.0)
        if self.cluster is not None:
            self.cluster.stop()
        self.record.clear()
        self._say("已停止")

    # Signals

    def _listen_for_signals(self) -> int:
        """A descriptor that becomes readable at once when a child dies or someone wants us to stop."""
        reading, writing = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._note_stop)
        return reading

    def _note_stop(self, number: int, _: FrameType | None) -> None:
        self._stop_signals += 1
        if self._stop_signals > 2:
            raise KeyboardInterrupt

    def _wait(self, wakeup: int) -> None:
        select.select([wakeup], [], [], LOOK_EVERY_SECONDS)
        try:
            os.read(wakeup, 4096)
        except BlockingIOError:
            return

    def _go_on(self) -> None:
        if self._stop_signals:
            raise SupervisorError("启动被中断")

    # Starting

    def _require_free_port(self) -> None:
        port = self.environment.port
        if probe.is_listening(port):
            raise SupervisorError(
                f"端口 {port} 已被其他程序占用。请先停止该程序,或换一个端口:ANLAN_PORT={port + 2} make run"
            )

    def _start_database(self) -> None:
        if self.cluster is None:
            self._say("使用 DATABASE_URL 指定的 PostgreSQL")
            return
        self._say("启动内嵌数据库……" if self.cluster.exists() else "首次运行:正在建立内嵌数据库……")
        self.cluster.start()
        self._say(f"数据库已就绪(127.0.0.1:{self.cluster.port})")

    def _prepare(self) -> None:
        prepared = Prepared(self.environment)
        if prepared.holds():
            self._say("数据库与程序一致,无需升级")
        else:
            self._run_prepare()
            prepared.note()

    def _run_prepare(self) -> None:
        self._go_on()
        variables = {**os.environ, "ANLAN_PROCESS": "anlan-prepare", "PYTHONUNBUFFERED": "1"}
        supervisor = os.getpid()
        with (
            (self.logs / "prepare.log").open("ab") as errors,
            subprocess.Popen(
                [sys.executable, "-m", "anlan.config.prepare"],
                env=variables,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                preexec_fn=lambda: processes.die_with(supervisor),
            ) as process,
        ):
            assert process.stdout is not None
            for line in process.stdout:
                self._say(line.rstrip())
        if process.returncode != 0:
            self._go_on()
            raise SupervisorError(f"准备数据库失败:{_last_line(self.logs / 'prepare.log')}")

    def _await_answer(self) -> None:
        self._say("启动网站……")
        deadline = time.monotonic() + ANSWER_SECONDS
        while probe.health(self.environment.port) is None:
            self._go_on()
            if self.web.exit_code() is not None or time.monotonic() > deadline:
                raise SupervisorError(f"网站未能启动:{_last_line(self.web.log_file)}")
            time.sleep(0.05)

    def _write_record(self) -> None:
        own = processes.Identity.of(os.getpid())
        assert own is not None
        children = {child.name: child.identity for child in (*self.services, self.demo) if child is not None}
        self.record.write(own, {name: identity for name, identity in children.items() if identity is not None})

    def _greet(self) -> None:
        self._say(f"网站已就绪:http://127.0.0.1:{self.environment.port}/ (Ctrl-C 停止)")
        if self.with_demo:
            for line in demo.logins(self.environment):
                self._say(line)

    def _say(self, message: str) -> None:
        """One short line for the person at the terminal; without passwords in the log."""
        print(f"[{time.monotonic() - self._begun:6.1f} 秒] {message}", flush=True)

    # Watching

    def _keep_database(self) -> None:
        if self.cluster is None or self.cluster.postmaster() is not None:
            return
        self._say("数据库意外停止,正在重新启动……")
        log.warning("database died")
        port = self.cluster.port
        self.cluster.reap()
        try:
            self.cluster.start(must_archive=False)
        except OperatorError as error:  # a full disk, say: what it needs may come
            self._say(f"{error};将继续尝试")
            return
        self._say("数据库已恢复")
        if self.cluster.port != port:  # somebody took the old one meanwhile; the address is read at the start only
            for child in self.services:
                child.ask_to_end()

    def _begin_demo(self) -> None:
        if self.with_demo and not demo.is_loaded(self.environment):
            self._say("正在后台装入演示数据,网站此时已可使用……")
            self.demo = self._child("demo", demo.COMMAND)
            self.demo.start()
            self._write_record()

    def _look_after_demo(self) -> None:
        if self.demo is None or (code := self.demo.exit_code()) is None:
            return
        if code == 0:
            demo.note_loaded(self.environment)
            self._say("演示数据已装入")
        else:
            self._say(f"演示数据未能装入,原因见 {self.demo.log_file}")
        self.demo.end(0)
        self.demo = None

    def _look_after_worker(self) -> None:
        """A worker may live and yet do nothing; its silence in the database tells."""
        now = time.monotonic()
        if now < self._next_health_look:
            return
        self._next_health_look = now + HEALTH_EVERY_SECONDS
        health = probe.health(self.environment.port)
        self._tell_of_troubles(health or {})
        if health is None or health.get("database") != "ok" or health.get("worker") == "ok":
            self._worker_well_at = now
        elif now - self._worker_well_at > WORKER_MAY_BE_SILENT_SECONDS:
            log.warning("worker is silent")
            self._worker_well_at = now
            self.worker.press_to_end()

    def _tell_of_troubles(self, health: Mapping[str, str]) -> None:
        """People work on meanwhile, so it is told here: nobody else may notice for months."""
        for part, label in TOLD_PARTS.items():
            trouble = health.get(f"{part}_trouble", "")
            if part not in health or bool(trouble) == (part in self._troubled):
                continue
            (self._troubled.add if trouble else self._troubled.discard)(part)
            self._say(f"{label}异常:{trouble}" if trouble else f"{label}已恢复")
            log.warning(part, trouble=trouble)


def _last_line(file: Path) -> str:
    try:
        lines = [line for line in file.read_text("utf-8", errors="replace").splitlines() if line.strip()]
    except FileNotFoundError:
        lines = []
    return f"{lines[-1] if lines else '没有输出'}(详见 {file})"
