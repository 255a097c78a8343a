"""``anlan``: the one command. ``up``, ``stop``, ``backup``, ``restore`` …; anything else is a management command."""

import difflib
import importlib
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from anlan.config.errors import OperatorError

# Imported when asked for only: `anlan status` has no need of Django.
OWN_COMMANDS = {
    "up": ("anlan.config.supervisor", "启动平台(前台运行,Ctrl-C 停止);--no-demo 不装演示数据"),
    "stop": ("anlan.config.control", "停止平台和内嵌数据库"),
    "status": ("anlan.config.control", "查看平台是否在运行"),
    "backup": ("anlan.config.backup.console", "备份数据库、上传的文件和密钥到一个文件;--check 核对一个备份"),
    "restore": ("anlan.config.backup.console", "把备份恢复到空的 ANLAN_HOME;--until 恢复到某一时刻"),
    "migrate": ("anlan.config.migrate", "以属主身份升级数据库,并授予应用角色权限"),
    "rule": ("anlan.rules.console", "按某一天的法判一件事:anlan rule 编号 --on 日期 < facts.json(--jsonl 一行一件)"),
    "rules": ("anlan.rules.console", "列出全部规则和版本;--schema 输出格式"),
}
# Commands that need no database do not start one.
WITHOUT_DATABASE = frozenset(
    {"collectstatic", "compilemessages", "diffsettings", "findstatic", "generate_docs", "help"}
    | {"makemessages", "makemigrations", "startapp", "version", "--version"}
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point of ``.venv/bin/anlan``."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlan.config.settings")
    command = words[0] if words else "help"
    try:
        if command in {"help", "-h", "--help"} and len(words) < 2:
            _print_help()
        elif command in OWN_COMMANDS:
            importlib.import_module(OWN_COMMANDS[command][0]).main(command, words[1:])
        else:
            _run_management_command(words)
    except KeyboardInterrupt:
        sys.exit(130)
    except OperatorError as error:
        _fail(str(error))


def _run_management_command(words: list[str]) -> None:
    management = importlib.import_module("django.core.management")
    importlib.import_module("django").setup()
    known = management.get_commands()
    if words[0] not in known and words[0] not in WITHOUT_DATABASE:
        _fail_unknown(words[0], sorted({*known, *OWN_COMMANDS}))
    if words[0] not in WITHOUT_DATABASE:
        environment = importlib.import_module("anlan.config.env").read()
        importlib.import_module("anlan.config.database").ensure_running(environment)
    management.execute_from_command_line(["anlan", *words])


def _fail_unknown(word: str, known: Sequence[str]) -> NoReturn:
    close = difflib.get_close_matches(word, known, n=3)
    hint = f"您是否要:{'、'.join(close)}?" if close else ""
    _fail(f"没有“{word}”这个命令。{hint}执行 anlan help 查看全部命令。")


def _fail(message: str) -> NoReturn:
    print(f"错误:{message}", file=sys.stderr)
    sys.exit(2)


def _print_help() -> None:
    print("用法:anlan 命令 [参数]\n")
    for name, (_, summary) in OWN_COMMANDS.items():
        print(f"  {name:10} {summary}")
    importlib.import_module("django").setup()
    commands = importlib.import_module("django.core.management").get_commands()
    ours = sorted(name for name, app in commands.items() if str(app).startswith("anlan.") and name not in OWN_COMMANDS)
    print("\n业务命令:" + ("、".join(ours) or "无"))
    print("其余为 Django 管理命令;anlan 命令 --help 查看该命令的参数。")


if __name__ == "__main__":
    main()
