"""``anlan backup`` and ``anlan restore``."""

import argparse
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from anlan.config import env
from anlan.config.backup.archive import BackupError, Reader
from anlan.config.backup.encryption import Passphrase
from anlan.config.backup.restoring import Restored, Wanted, restore
from anlan.config.backup.taking import back_up
from anlan.lib import file_archive
from anlan.lib.clock import SHANGHAI

MEGABYTE = 1024 * 1024
NAMED_AT_MOST = 100
INCOMPLETE = 1


def main(command: str, arguments: Sequence[str]) -> None:
    if command == "backup":
        _backup(arguments)
    else:
        _restore(arguments)


def _backup(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="anlan backup", description="备份数据库、上传的文件和密钥;不必停止平台")
    parser.add_argument("file", nargs="?", type=Path, default=Path(), help="备份文件,或放备份的文件夹(默认当前文件夹)")
    parser.add_argument("--check", action="store_true", help="只核对一个已有的备份文件")
    parser.add_argument("--encrypt", type=Path, metavar="口令文件", help="用这个文件第一行的口令加密备份")
    parser.add_argument("--passphrase-file", type=Path, metavar="口令文件", help="--check 一个加密的备份时,它的口令")
    options = parser.parse_args(arguments)
    environment = env.read()
    passphrase = _passphrase(options.passphrase_file or options.encrypt, environment)
    if options.check:
        with Reader(options.file, passphrase) as reader:
            reader.verify(lambda _: None)
            about = reader.manifest.about
        print(f"备份完好:做于 {about.made_at},{len(reader.manifest.entries):,} 个文件,程序 {about.program}")
        return
    file = back_up(environment, options.file.absolute(), passphrase)
    print(f"已备份到 {file}({file.stat().st_size / MEGABYTE:,.1f} MB)")
    if passphrase is None:
        print("其中有全部数据和密钥,没有加密:请存放在别的机器上,只让该看的人看到。")
    else:
        print("其中有全部数据和密钥,已加密:没有口令谁也恢复不了,口令请另存在别处。")


def _passphrase(file: Path | None, environment: env.Environment) -> Passphrase | None:
    return None if file is None else Passphrase.read(file, home=environment.home)


def _restore(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="anlan restore", description="把备份恢复到空的 ANLAN_HOME")
    parser.add_argument("file", type=Path, help="备份文件")
    parser.add_argument("--passphrase-file", type=Path, metavar="口令文件", help="加密的备份的口令,在文件的第一行")
    parser.add_argument("--replace", action="store_true", help="ANLAN_HOME 里已有数据时,把它移到一旁(不删除)")
    parser.add_argument("--wal", type=Path, metavar="文件夹", help="接着重做归档的数据库日志(ANLAN_WAL_ARCHIVE)")
    parser.add_argument("--until", "--to", type=_instant, metavar="时刻", help='只重做到这一时刻,如 "2026-11-29 10:30"')
    options = parser.parse_args(arguments)
    environment = env.read()
    wanted = Wanted(
        replace=options.replace,
        passphrase=_passphrase(options.passphrase_file, environment),
        wal_archive=options.wal.absolute() if options.wal else None,
        until=options.until,
    )
    found = restore(environment, options.file.absolute(), wanted)
    _report(found)
    print(f"已恢复到 {environment.home}。启动:anlan up --no-demo(或 make run)")
    if found.missing:
        sys.exit(INCOMPLETE)


def _report(found: Restored) -> None:
    last = found.last_at.astimezone(SHANGHAI).isoformat(" ", "seconds") if found.last_at else "无"
    print(f"账本 {found.entries:,} 条,最后一条 {last};上传的文件 {found.files:,} 个")
    if found.brought:
        print(f"备份之后上传的 {found.brought:,} 个文件已从归档取回")
    if found.missing:
        print(f"缺 {len(found.missing):,} 个文件(备份和归档里都没有,或内容已损坏):")
        for file in found.missing[:NAMED_AT_MOST]:
            at = file.uploaded_at.astimezone(SHANGHAI)
            print(f"  {at:%Y-%m-%d %H:%M} 上传的“{file.name}”:{file_archive.original(Path('files'), file.sha256)}")
        if len(found.missing) > NAMED_AT_MOST:
            print("  ……")
        print("如果原来的 ANLAN_HOME/files 还在,把它整个复制过来即可(同名的内容必然相同)。")


def _instant(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise BackupError(f"时刻“{text}”看不懂,应形如 2026-11-29 10:30") from error
    return found if found.tzinfo else found.replace(tzinfo=SHANGHAI)
