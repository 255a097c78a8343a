"""What a file is, judged by its content; its name and the browser's word count for nothing."""

import warnings
import zipfile
from dataclasses import dataclass
from typing import BinaryIO

from PIL import Image, UnidentifiedImageError

from anlan.lib.refusals import Invalid

IMAGE_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OFFICE_PARTS = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX}
MAX_PIXELS = 80_000_000
MAX_ZIP_ENTRIES = 10_000

UNSUPPORTED = "不支持这种文件。请上传照片（JPEG、PNG、WebP、GIF）、PDF、Word（docx）或 Excel（xlsx）。"
BROKEN_IMAGE = "照片已损坏或没有传完整，请重新拍摄或选择。"
TOO_MANY_PIXELS = "照片的像素过大，请压缩到 8000 万像素以内再上传。"
MACROS = "文件含有宏，为安全起见不能上传。请另存为不含宏的 docx 或 xlsx。"


@dataclass(frozen=True)
class Content:
    content_type: str
    width: int | None = None
    height: int | None = None


def inspect(file: BinaryIO) -> Content:
    """What the file is; leaves it at its beginning. Invalid (422) with what to do for anything not accepted."""
    file.seek(0)
    start = file.read(16)
    file.seek(0)
    try:
        if start.startswith(b"%PDF-"):
            return Content(PDF)
        if start.startswith(b"PK\x03\x04"):
            return _office(file)
        return _image(file)
    finally:
        file.seek(0)


def _office(file: BinaryIO) -> Content:
    """docx or xlsx, by the parts in it. Nothing is unpacked."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise Invalid.at("/file", UNSUPPORTED) from error
    if len(names) > MAX_ZIP_ENTRIES or "[Content_Types].xml" not in names:
        raise Invalid.at("/file", UNSUPPORTED)
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Invalid.at("/file", MACROS)
    for part, content_type in OFFICE_PARTS.items():
        if part in names:
            return Content(content_type)
    raise Invalid.at("/file", UNSUPPORTED)


def _image(file: BinaryIO) -> Content:
    """A picture that can be decoded to its end. Its size is known from the header, before anything is decoded."""
    try:
        with warnings.catch_warnings(action="ignore", category=Image.DecompressionBombWarning):
            image = Image.open(file, formats=IMAGE_FORMATS)
    except Image.DecompressionBombError as error:
        raise Invalid.at("/file", TOO_MANY_PIXELS) from error
    except UnidentifiedImageError as error:
        raise Invalid.at("/file", UNSUPPORTED) from error
    except (OSError, SyntaxError, ValueError) as error:
        raise Invalid.at("/file", BROKEN_IMAGE) from error
    with image:
        width, height = image.size
        if width * height > MAX_PIXELS:
            raise Invalid.at("/file", TOO_MANY_PIXELS)
        _decode(image)
        return Content(Image.MIME[str(image.format)], width, height)


def _decode(image: Image.Image) -> None:
    try:
        image.draft("RGB", (64, 64))  # JPEG: reads every byte but decodes at an eighth of the size
        image.load()
    except (OSError, SyntaxError, ValueError) as error:
        raise Invalid.at("/file", BROKEN_IMAGE) from error
