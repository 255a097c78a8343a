"""A backup file under a passphrase, written and read as a stream in memory of a fixed size.

Form: ``MAGIC``, a salt (16 bytes), a seal of these (HMAC-SHA-256, 32 bytes), then chunks. scrypt (N = 2^17, r = 8,
p = 1; RFC 7914) makes two keys of passphrase and salt: one for the seal, so that another passphrase is told from a
damaged file, one for the chunks. A chunk is ``CHUNK`` bytes under AES-256-GCM, the last one shorter, with its number
and whether it is the last one as the nonce (the STREAM construction, Hoang et al. 2015): none can be altered, moved,
left out or added, nor the file be cut short. Each file has a key of its own, so no nonce occurs twice.
"""

import hashlib
import hmac
import io
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from anlan.config.errors import OperatorError

MAGIC = b"anlan-backup-encrypted-1\n"
SALT, SEAL, TAG = 16, 32, 16
HEAD = len(MAGIC) + SALT + SEAL
CHUNK = 64 * 1024
COST = {"n": 2**17, "r": 8, "p": 1}
SHORTEST = 12


class PassphraseError(OperatorError):
    """There is no passphrase, it cannot be used, or it is another one."""


class AlteredError(ValueError):
    """The file is not as it was written."""


@dataclass(frozen=True)
class Passphrase:
    """What the operator keeps in a file of their own; never printed, never logged."""

    secret: bytes

    def __repr__(self) -> str:
        return "Passphrase(…)"

    @classmethod
    def read(cls, file: Path, *, home: Path) -> "Passphrase":
        """The first line of a file that only its owner can read, outside of the home: what is in there is backed up."""
        if file.resolve().is_relative_to(home.resolve()):
            raise PassphraseError(f"口令文件 {file} 在 ANLAN_HOME 里,会一同丢失:请放在别处,并另存一份")
        try:
            with file.open("rb") as source:
                mode = stat.S_IMODE(os.fstat(source.fileno()).st_mode)
                secret = source.readline(4096).rstrip(b"\r\n")
        except OSError as error:
            raise PassphraseError(f"读不了口令文件 {file}:{error.strerror}") from error
        if mode & 0o077:
            raise PassphraseError(f"口令文件 {file} 别人也能读:请先执行 chmod 600 {file}")
        if len(secret) < SHORTEST:
            raise PassphraseError(f"口令文件 {file} 第一行的口令不足 {SHORTEST} 个字节,太短")
        return cls(secret)

    def keys(self, salt: bytes) -> tuple[bytes, bytes]:
        """For the seal and for the chunks. Takes 128 MB and a third of a second: so does each guess."""
        found = Scrypt(salt=salt, length=64, **COST).derive(self.secret)
        return found[:32], found[32:]


def is_encrypted(file: IO[bytes]) -> bool:
    """Whether such a file begins here; it is then at its beginning again."""
    found = file.read(len(MAGIC)) == MAGIC
    file.seek(0)
    return found


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


class Encrypting(io.RawIOBase):
    """Writes into ``target``; only :meth:`close` makes it whole, and leaves ``target`` open."""

    def __init__(self, target: IO[bytes], passphrase: Passphrase) -> None:
        salt = os.urandom(SALT)
        seal, chunks = passphrase.keys(salt)
        self._target, self._cipher = target, AESGCM(chunks)
        self._number, self._rest = 0, bytearray()
        head = MAGIC + salt
        target.write(head + hmac.digest(seal, head, hashlib.sha256))

    def writable(self) -> bool:
        return True

    def write(self, content: "bytes | bytearray | memoryview") -> int:  # type: ignore[override]
        self._rest += content
        while len(self._rest) > CHUNK:  # what just fills one may be the last
            self._put(bytes(self._rest[:CHUNK]), is_last=False)
            del self._rest[:CHUNK]
        return len(content)

    def close(self) -> None:
        if self.closed:
            return
        try:
            self._put(bytes(self._rest), is_last=True)
        finally:
            super().close()

    def _put(self, content: bytes, *, is_last: bool) -> None:
        self._target.write(self._cipher.encrypt(_nonce(self._number, is_last=is_last), content, None))
        self._number += 1


class Decrypting(io.RawIOBase):
    """Reads from anywhere in ``source``, and gives nothing that is not proved. AlteredError for everything else,
    PassphraseError at the beginning when it is another passphrase."""

    def __init__(self, source: IO[bytes], passphrase: Passphrase) -> None:
        head = source.read(HEAD)
        seal, chunks = passphrase.keys(head[len(MAGIC) : len(MAGIC) + SALT])
        if len(head) < HEAD:
            raise AlteredError("开头不完整")
        if not hmac.compare_digest(hmac.digest(seal, head[:-SEAL], hashlib.sha256), head[-SEAL:]):
            raise PassphraseError("口令不对(或备份文件的开头被改动):请核对口令文件")
        self._source, self._cipher = source, AESGCM(chunks)
        body = source.seek(0, os.SEEK_END) - HEAD
        self._count = -(-body // (CHUNK + TAG))
        self._size = body - TAG * self._count
        self._at, self._loaded, self._chunk = 0, -1, b""
        self._load(self._count - 1)  # that this is the last one proves that the end is there

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        if start + offset < 0:
            raise ValueError("negative seek position")
        self._at = start + offset
        return self._at

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]
        if self._at >= self._size:
            return 0
        number, start = divmod(self._at, CHUNK)
        self._load(number)
        part = self._chunk[start : start + len(buffer)]
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)

    def _load(self, number: int) -> None:
        if number < 0:
            raise AlteredError("不完整")
        if number == self._loaded:
            return
        self._source.seek(HEAD + number * (CHUNK + TAG))
        content = self._source.read(CHUNK + TAG)
        try:
            self._chunk = self._cipher.decrypt(_nonce(number, is_last=number == self._count - 1), content, None)
        except (InvalidTag, ValueError) as error:
            raise AlteredError(f"第 {number + 1} 段被改动或不完整") from error
        self._loaded = number
