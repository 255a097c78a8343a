"""An encrypted backup: what went in comes out for who has the passphrase, and nothing that was done to it passes."""

import hashlib
import io
import os
import zipfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from anlan.config import env
from anlan.config.backup import console, encryption
from anlan.config.backup.archive import About, BackupError, Reader, Writer, write
from anlan.config.backup.encryption import (
    CHUNK,
    HEAD,
    MAGIC,
    SALT,
    TAG,
    AlteredError,
    Decrypting,
    Encrypting,
    Passphrase,
    PassphraseError,
)
from anlan.config.backup.restoring import Wanted, restore

ABOUT = About(made_at="2026-11-29T10:00:00+08:00", program="0.1.0", server=180006, database="files", migrations=[])
CONTENTS = {
    "secrets.json": b'{"key": "1"}',
    "files/ab/cd/abcd": os.urandom(400_000),
    "postgres/data/PG_VERSION": b"18\n",
}
RIGHT, WRONG = Passphrase("正确 马 电池 订书钉".encode()), Passphrase(b"correct horse battery stap1e")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guessing is cheap here."""
    monkeypatch.setattr(encryption, "COST", {"n": 2**4, "r": 8, "p": 1})


@pytest.fixture
def file(tmp_path: Path, quick: None) -> Path:
    write(tmp_path / "backup.zip.enc", ABOUT, fill, lambda _: None, RIGHT)
    return tmp_path / "backup.zip.enc"


def fill(writer: Writer) -> None:
    writer.folder("postgres/data/pg_notify/")
    for name, content in CONTENTS.items():
        writer.add(name, io.BytesIO(content), packed=not name.startswith("files"))


def encrypted(content: bytes) -> bytes:
    out = io.BytesIO()
    with Encrypting(out, RIGHT) as target:
        for start in range(0, len(content), 10_007):
            target.write(content[start : start + 10_007])
    return out.getvalue()


def decrypted(content: bytes) -> bytes:
    return Decrypting(io.BytesIO(content), RIGHT).read()


def chunks(content: bytes) -> list[bytes]:
    return [content[start : start + CHUNK + TAG] for start in range(HEAD, len(content), CHUNK + TAG)]


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 5])
def test_what_went_in_comes_out_whatever_its_size(quick: None, size: int) -> None:
    plain = os.urandom(size)
    content = encrypted(plain)
    assert decrypted(content) == plain
    assert plain[:16] not in content or size < 16
    assert encrypted(plain) != content  # no key is used twice


def test_it_is_read_from_anywhere(quick: None) -> None:
    plain = os.urandom(3 * CHUNK + 100)
    source = Decrypting(io.BytesIO(encrypted(plain)), RIGHT)
    buffered = io.BufferedReader(source)
    for at in (0, CHUNK - 3, 3 * CHUNK + 90, CHUNK, len(plain)):
        assert buffered.seek(at) == at
        assert buffered.read(50) == plain[at : at + 50]
    assert source.seek(-5, os.SEEK_END) == len(plain) - 5
    assert source.read() == plain[-5:]


def test_the_form_is_the_one_described() -> None:
    """Read by the words of the module alone, at the true cost."""
    content = encrypted(b"x" * (CHUNK + 9))
    salt = content[len(MAGIC) : len(MAGIC) + SALT]
    key = hashlib.scrypt(RIGHT.secret, salt=salt, n=2**17, r=8, p=1, maxmem=2**28, dklen=64)[32:]
    first, last = chunks(content)
    assert AESGCM(key).decrypt(bytes(11) + b"\0", first, None) == b"x" * CHUNK
    assert AESGCM(key).decrypt(bytes(10) + b"\1\1", last, None) == b"x" * 9


class TestTampering:
    @pytest.fixture
    def plain(self, quick: None) -> bytes:
        return os.urandom(3 * CHUNK + 100)

    def test_every_flipped_bit_is_found(self, plain: bytes) -> None:
        content = encrypted(plain)
        places = [*range(len(MAGIC), HEAD, 5), *range(HEAD, len(content), 7919), len(content) - 1]
        for place in places:
            altered = bytearray(content)
            altered[place] ^= 1
            with pytest.raises(AlteredError if place >= HEAD else PassphraseError):
                decrypted(bytes(altered))

    def test_every_end_cut_off_is_found(self, plain: bytes) -> None:
        content = encrypted(plain)
        boundaries = [HEAD + number * (CHUNK + TAG) for number in range(4)]
        for size in [0, 5, HEAD - 1, *boundaries, boundaries[1] + 1, boundaries[2] - 1, len(content) - 1]:
            with pytest.raises((AlteredError, PassphraseError)):
                decrypted(content[:size])

    def test_chunks_moved_left_out_or_added_are_found(self, plain: bytes) -> None:
        content = encrypted(plain)
        head, (one, two, three, last) = content[:HEAD], chunks(content)
        other = chunks(encrypted(plain))
        for made in (
            [two, one, three, last],
            [one, three, last],
            [one, two, three, three, last],
            [one, two, three, last, last],
            [one, two, last],
            [one, two, three],
            [one, other[1], three, last],
            [last],
        ):
            with pytest.raises(AlteredError):
                decrypted(head + b"".join(made))


def test_without_the_passphrase_there_is_nothing(file: Path) -> None:
    with pytest.raises(PassphraseError, match="口令不对"):
        Reader(file, WRONG)
    with pytest.raises(PassphraseError, match=r"已加密.*--passphrase-file"):
        Reader(file)
    content = file.read_bytes()
    assert b"secrets.json" not in content
    assert not zipfile.is_zipfile(file)
    assert file.stat().st_mode & 0o777 == 0o600


def test_it_is_a_backup_like_any_other(file: Path, tmp_path: Path) -> None:
    with Reader(file, RIGHT) as reader:
        reader.verify(lambda _: None)
        assert reader.manifest.about == ABOUT
        reader.unpack(tmp_path / "there", lambda _: None)
    assert {name: (tmp_path / "there" / name).read_bytes() for name in CONTENTS} == CONTENTS


@pytest.mark.parametrize("done", ["cut", "flipped", "appended"])
def test_an_altered_backup_is_refused_and_the_home_left_empty(file: Path, tmp_path: Path, done: str) -> None:
    whole = file.read_bytes()
    middle = len(whole) // 2
    flipped = whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :]
    file.write_bytes({"cut": whole[: HEAD + 2 * (CHUNK + TAG)], "flipped": flipped, "appended": whole + b"\0"}[done])
    home = tmp_path / "home"
    with pytest.raises(BackupError, match="不完整或已损坏"):
        restore(env.read({"ANLAN_HOME": str(home)}), file, Wanted(passphrase=RIGHT))
    assert not home.exists() or [path.name for path in home.iterdir()] == ["run"]


def test_a_backup_that_should_be_encrypted_and_is_not_is_refused(tmp_path: Path, quick: None) -> None:
    write(tmp_path / "plain.zip", ABOUT, fill, lambda _: None)
    with pytest.raises(PassphraseError, match="没有加密"):
        Reader(tmp_path / "plain.zip", RIGHT)


def test_a_disk_that_fills_up_leaves_nothing(tmp_path: Path, quick: None) -> None:
    def refused(writer: Writer) -> None:
        fill(writer)
        raise OSError(28, "No space left on device")

    with pytest.raises(BackupError, match="磁盘空间不足"):
        write(tmp_path / "backup.zip.enc", ABOUT, refused, lambda _: None, RIGHT)
    assert list(tmp_path.iterdir()) == []


class TestPassphraseFile:
    @pytest.fixture
    def place(self, tmp_path: Path) -> Path:
        place = tmp_path / "passphrase"
        place.touch(mode=0o600)
        return place

    def test_its_first_line_is_taken_and_never_shown(self, place: Path, tmp_path: Path) -> None:
        place.write_bytes(b"correct horse battery staple\r\nnotes\n")
        found = Passphrase.read(place, home=tmp_path / "home")
        assert found.secret == b"correct horse battery staple"
        assert "horse" not in f"{found!r} {found} {Wanted(passphrase=found)}"

    @pytest.mark.parametrize("content", [b"", b"\n", b"short\n"])
    def test_a_short_one_is_refused(self, place: Path, tmp_path: Path, content: bytes) -> None:
        place.write_bytes(content)
        with pytest.raises(PassphraseError, match="太短"):
            Passphrase.read(place, home=tmp_path / "home")

    def test_one_that_others_can_read_is_refused(self, place: Path, tmp_path: Path) -> None:
        place.write_bytes(b"correct horse battery staple\n")
        place.chmod(0o640)
        with pytest.raises(PassphraseError, match="chmod 600"):
            Passphrase.read(place, home=tmp_path / "home")

    def test_one_that_would_be_lost_with_the_home_is_refused(self, place: Path, tmp_path: Path) -> None:
        with pytest.raises(PassphraseError, match="在 ANLAN_HOME 里"):
            Passphrase.read(place, home=tmp_path)

    def test_one_that_is_not_there_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(PassphraseError, match="读不了口令文件"):
            Passphrase.read(tmp_path / "nothing", home=tmp_path / "home")

    def test_a_backup_is_checked_with_it(
        self,
        place: Path,
        file: Path,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        monkeypatch.setenv("ANLAN_HOME", str(tmp_path / "home"))
        place.write_bytes(RIGHT.secret + b"\n")
        console.main("backup", ["--check", str(file), "--passphrase-file", str(place)])
        said = capsys.readouterr()
        assert "备份完好" in said.out
        assert RIGHT.secret.decode() not in said.out + said.err
