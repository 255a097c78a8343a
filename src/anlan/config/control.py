"""``anlan stop`` and ``anlan status``: from another terminal, about the installation in ANLAN_HOME."""

import signal
import sys
from collections.abc import Sequence

from anlan.config import database, env, probe, processes
from anlan.config.children import Record

STOP_SECONDS = 60.0


def main(command: str, _: Sequence[str]) -> None:
    environment = env.read()
    if command == "stop":
        stop(environment)
    else:
        sys.exit(status(environment))


def stop(environment: env.Environment) -> None:
    """Stop supervisor, web, worker and embedded database; what a killed supervisor left behind as well."""
    record = Record(environment.home / "run")
    supervisor = record.supervisor()
    if supervisor is not None:
        print("正在停止……", flush=True)
        supervisor.send(signal.SIGTERM)
        if not processes.wait_until_gone([supervisor], STOP_SECONDS):
            supervisor.send(signal.SIGKILL)
    record.end_orphans(environment.home)
    if environment.embedded and (environment.home / "postgres").exists():
        database.cluster(environment).stop()
    print("已停止" if supervisor is not None else "平台没有在运行")


def status(environment: env.Environment) -> int:
    """Say what runs; the exit code is 0 if all is well."""
    supervisor = Record(environment.home / "run").supervisor()
    if supervisor is None:
        print("平台没有在运行")
        return 3
    print(f"平台在运行:http://127.0.0.1:{environment.port}/ (进程 {supervisor.pid})")
    health = probe.health(environment.port) or {}
    for name, label in (("web", "网站"), ("database", "数据库"), ("worker", "后台任务")):
        print(f"  {label}:{'正常' if health.get(name) == 'ok' else '异常'}")
    for name, label, where in (("archive", "归档", f"({environment.wal_archive})"), ("ledger", "账本", "")):
        if trouble := health.get(f"{name}_trouble"):
            print(f"  {label}:异常,{trouble}{where}")
        elif name in health:
            print(f"  {label}:正常")
    is_live = probe.is_listening(environment.live_port)
    print(f"  即时更新:{'正常' if is_live else '异常'}")
    return 0 if health.get("status") == "ok" and is_live else 1
