"""What a file is, judged by its content alone."""

import io
import struct
import zlib

import pytest

from anlan.files.inspection import DOCX, PDF, XLSX, inspect
from anlan.lib.refusals import Invalid
from tests.factories import pictures


def seen(content: bytes) -> tuple[str, int | None, int | None]:
    file = io.BytesIO(content)
    file.seek(3)
    found = inspect(file)
    assert file.tell() == 0
    return found.content_type, found.width, found.height


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims to be huge and holds nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (pictures.jpeg(), ("image/jpeg", 40, 20)),
        (pictures.picture("PNG"), ("image/png", 40, 20)),
        (pictures.picture("PNG", mode="RGBA"), ("image/png", 40, 20)),
        (pictures.picture("WEBP"), ("image/webp", 40, 20)),
        (pictures.picture("GIF"), ("image/gif", 40, 20)),
        (pictures.PDF, (PDF, None, None)),
        (pictures.office("word/document.xml"), (DOCX, None, None)),
        (pictures.office("xl/workbook.xml"), (XLSX, None, None)),
    ],
)
def test_accepted(content: bytes, expected: tuple) -> None:
    assert seen(content) == expected


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"hello", "不支持这种文件"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "不支持这种文件"),
        (b"<html>", "不支持这种文件"),
        (pictures.picture("BMP"), "不支持这种文件"),
        (pictures.picture("TIFF"), "不支持这种文件"),
        (b"PK\x03\x04rubbish", "不支持这种文件"),
        (pictures.office("evil.exe"), "不支持这种文件"),
        (pictures.office("word/document.xml", "word/vbaProject.bin"), "宏"),
        (pictures.jpeg(600, 600)[:-600], "已损坏"),
        (pictures.picture("PNG", 300, 300)[:-40], "已损坏"),
        (png_header(9000, 9000), "像素过大"),
        (png_header(60000, 60000), "像素过大"),
    ],
)
def test_refused(content: bytes, message: str) -> None:
    with pytest.raises(Invalid, match=message) as caught:
        inspect(io.BytesIO(content))
    assert caught.value.errors[0].pointer == "/file"


def test_a_pdf_must_begin_as_one() -> None:
    with pytest.raises(Invalid):
        inspect(io.BytesIO(b"\n" + pictures.PDF))
