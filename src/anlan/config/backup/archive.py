"""The backup file: one zip, written under another name and renamed when it is whole, on disk and read back.

``manifest.json``, its last member, says what made the file and gives size and SHA-256 of every other member. The file
holds everything needed to begin anew, keys included: it can be read by its owner only, and under a passphrase it is
encrypted (:mod:`anlan.config.backup.encryption`).
"""

import errno
import hashlib
import io
import json
import os
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

from anlan.config.backup.encryption import Decrypting, Encrypting, Passphrase, PassphraseError, is_encrypted
from anlan.config.errors import OperatorError
from anlan.lib.whole_files import sync

FORM = 1
MANIFEST = "manifest.json"
CHUNK = 1024 * 1024
FASTEST = 1

Count = Callable[[int], None]


class BackupError(OperatorError):
    """The backup or the restore did not come about; nothing that looks finished was left."""


@dataclass(frozen=True)
class Entry:
    """One member: its size in bytes, and the SHA-256 of what it holds."""

    size: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class About:
    """What the backup was made of. ``server`` is PostgreSQL's version as a number (180001), ``database`` how it was
    copied (``files`` of our own server, or a ``dump`` of a given one), ``archive`` the folder its log goes to."""

    made_at: str
    program: str
    server: int
    database: str
    migrations: list[str]
    archive: str = ""


@dataclass(frozen=True)
class Manifest:
    about: About
    entries: dict[str, Entry] = field(default_factory=dict)
    form: int = FORM

    @property
    def size(self) -> int:
        """Bytes of everything, unpacked."""
        return sum(entry.size for entry in self.entries.values())


class Writer:
    """Adds members to a file under way."""

    def __init__(self, archive: zipfile.ZipFile, count: Count) -> None:
        self._archive = archive
        self._count = count
        self.entries: dict[str, Entry] = {}

    def folder(self, name: str) -> None:
        """Note an empty folder: PostgreSQL does not start without its own."""
        self._archive.mkdir(name)

    def add(self, name: str, source: IO[bytes], *, packed: bool = True) -> None:
        """Add what can be read from ``source``; photos and the like are small already and only stored."""
        with self._archive.open(name if packed else zipfile.ZipInfo(name), "w", force_zip64=True) as target:
            self.entries[name] = copy(source, target, self._count)


def write(
    file: Path, about: About, fill: Callable[[Writer], None], count: Count, passphrase: Passphrase | None = None
) -> None:
    """Make the file: ``fill`` adds its members. It has its name only when it is on disk and every member has been read
    back and compared. Nothing readable touches the disk when there is a passphrase."""
    if file.exists():
        raise BackupError(f"{file} 已经存在,不会覆盖;请换一个文件名")
    unfinished = file.with_name(f".{file.name}.unfinished")
    with told(f"写备份文件 {file}"), removed_unless_renamed(unfinished):
        descriptor = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w+b") as target:
            if passphrase is None:
                _pack(target, about, fill, count)
            else:
                with Encrypting(target, passphrase) as encrypting:
                    _pack(cast(IO[bytes], encrypting), about, fill, count)
            target.flush()
            os.fsync(target.fileno())
        with Reader(unfinished, passphrase) as written:
            written.verify(lambda _: None)
        unfinished.rename(file)
        sync(file.parent)


def _pack(target: IO[bytes], about: About, fill: Callable[[Writer], None], count: Count) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=FASTEST) as archive:
        writer = Writer(archive, count)
        fill(writer)
        archive.writestr(MANIFEST, json.dumps(asdict(Manifest(about, writer.entries)), ensure_ascii=False))


class Reader:
    """Reads a backup file, believing nothing that its manifest does not confirm. One that is encrypted needs its
    passphrase; one that is not is refused with one: it may have been put in the place of the right one."""

    def __init__(self, file: Path, passphrase: Passphrase | None = None) -> None:
        self.file = file
        with ExitStack() as stack:
            with self._damage_is_told():
                source = stack.enter_context(file.open("rb"))
                self.is_encrypted = is_encrypted(source)
                self._require_fit(passphrase)
                plain = io.BufferedReader(Decrypting(source, passphrase), CHUNK) if passphrase else source
                self._archive = stack.enter_context(zipfile.ZipFile(plain))
                self.manifest = _parse(self._archive.read(MANIFEST))
            self._open = stack.pop_all()

    def __enter__(self) -> "Reader":
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def _require_fit(self, passphrase: Passphrase | None) -> None:
        if self.is_encrypted and passphrase is None:
            raise PassphraseError(f"备份文件 {self.file} 已加密:请用 --passphrase-file 给出口令文件")
        if passphrase is not None and not self.is_encrypted:
            raise PassphraseError(
                f"{self.file} 没有加密,却给出了口令文件:可能不是您要的那个备份。确实是它,就不要给口令文件"
            )

    def verify(self, count: Count) -> None:
        """Read everything and compare it. BackupError names the first member that is not what was written."""
        for name, entry in self._members():
            self._copied(name, entry, None, count)

    def unpack(self, folder: Path, count: Count) -> None:
        """Everything below ``folder``, compared and on disk."""
        for name in self._folders():
            _inside(folder, name).mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, entry in self._members():
            place = _inside(folder, name)
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
                self._copied(name, entry, target, count)
        # Only now, all at once: put on disk one by one, thousands of small files take minutes.
        for path in (folder, *folder.rglob("*")):
            if path.is_dir():
                path.chmod(0o700)
            sync(path)

    def _members(self) -> Iterator[tuple[str, Entry]]:
        there = {name for name in self._archive.namelist() if not name.endswith("/")} - {MANIFEST}
        if there != self.manifest.entries.keys():
            raise BackupError(f"备份文件 {self.file} 与它的清单不符,已损坏或被改动,不能使用")
        yield from self.manifest.entries.items()

    def _folders(self) -> list[str]:
        return [name for name in self._archive.namelist() if name.endswith("/")]

    def _copied(self, name: str, entry: Entry, target: IO[bytes] | None, count: Count) -> None:
        with self._damage_is_told(), self._archive.open(name) as source:
            found = copy(source, target, count)
        if found != entry:
            raise BackupError(f"备份文件 {self.file} 中的 {name} 与清单不符,已损坏或被改动,不能使用")

    @contextmanager
    def _damage_is_told(self) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError as error:
            raise BackupError(f"没有找到备份文件 {self.file}") from error
        except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, KeyError, ValueError, TypeError) as error:
            raise BackupError(f"备份文件 {self.file} 不完整或已损坏,不能使用({error})") from error
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise
            raise BackupError(f"读不了备份文件 {self.file}:{error.strerror}") from error


def copy(source: IO[bytes], target: IO[bytes] | None, count: Count) -> Entry:
    """Copy to the end; what went through."""
    digest, size = hashlib.sha256(), 0
    while chunk := source.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
        if target is not None:
            target.write(chunk)
        count(len(chunk))
    return Entry(size, digest.hexdigest())


@contextmanager
def told(what: str) -> Iterator[None]:
    """The disk's own refusals as an operator can read them."""
    try:
        yield
    except OSError as error:
        reason = "磁盘空间不足" if error.errno == errno.ENOSPC else error.strerror or str(error)
        raise BackupError(f"{what}失败:{reason}。没有留下不完整的文件") from error


@contextmanager
def removed_unless_renamed(unfinished: Path) -> Iterator[None]:
    try:
        yield
    finally:
        unfinished.unlink(missing_ok=True)


def _parse(text: bytes) -> Manifest:
    found: dict[str, Any] = json.loads(text)
    if found["form"] != FORM:
        raise BackupError(f"备份文件的格式是第 {found['form']} 版,本程序只认第 {FORM} 版;请用做备份的那一版程序恢复")
    entries = {name: Entry(**entry) for name, entry in found["entries"].items()}
    return Manifest(About(**found["about"]), entries)


def _inside(folder: Path, name: str) -> Path:
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/") or ".." in parts:
        raise BackupError(f"备份文件中有不该有的路径 {name!r},不能使用")
    return folder.joinpath(*parts)
