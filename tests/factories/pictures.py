"""Small real files, made in memory."""

import io
import zipfile

from PIL import Image


def jpeg(width: int = 40, height: int = 20, *, exif: dict[int, object] | None = None, colour: str = "red") -> bytes:
    """A picture whose left half has the colour; the rest is white."""
    image = Image.new("RGB", (width, height), "white")
    image.paste(colour, (0, 0, width // 2, height))
    tags = Image.Exif()
    for tag, value in (exif or {}).items():
        tags[tag] = value
    out = io.BytesIO()
    image.save(out, "JPEG", exif=tags, comment=b"secret comment")
    return out.getvalue()


def picture(format: str, width: int = 40, height: int = 20, mode: str = "RGB") -> bytes:  # noqa: A002
    out = io.BytesIO()
    Image.new(mode, (width, height)).save(out, format)
    return out.getvalue()


def office(part: str, *more: str) -> bytes:
    """A zip file with the parts of an office document."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in ("[Content_Types].xml", part, *more):
            archive.writestr(name, "<x/>")
    return out.getvalue()


PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj<<>>endobj\n%%EOF\n"
