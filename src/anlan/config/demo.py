"""The demo county, as far as the supervisor is concerned: is it loaded, how is it loaded, who can sign in.

The data themselves come from the management command ``demo``. It has to be repeatable: if it is killed half-way
it is run again at the next start, and it ends with code 0 only when everything is there.
"""

import sys
from pathlib import Path

from anlan.config.env import Environment
from anlan.config.fingerprint import database_identity

# Gently: on a small machine the people at their desks come first.
COMMAND = ("nice", "-n", "10", sys.executable, "-m", "anlan.config.cli", "demo", "--scale", "county")
LOGINS = {
    "leader": "县领导",
    "county": "县级安委办",
    "dept": "主管部门",
    "dept2": "另一主管部门",
    "town": "乡镇",
    "town2": "另一乡镇",
    "village": "村(社区)",
    "firm": "企业",
    "city": "市级安委办",
    "other": "外县(看不到本县数据)",
}


def is_loaded(environment: Environment) -> bool:
    return _stamp(environment).exists()


def note_loaded(environment: Environment) -> None:
    _stamp(environment).touch(mode=0o600)


def _stamp(environment: Environment) -> Path:
    """A mark for this very database: a new one in its place has no demo."""
    return environment.home / "run" / f"demo-{database_identity(environment)}"


def logins(environment: Environment) -> list[str]:
    """Lines for the terminal."""
    password = environment.secret("demo_password")
    names = [f"  {name:<8} {who}" for name, who in LOGINS.items()]
    wait = "" if is_loaded(environment) else ";账号正在建立,约一分钟后可以登录,数据约两分钟装完"
    return [f"演示账号(口令均为 {password}{wait}):", *names]
