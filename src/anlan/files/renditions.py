"""What pages show of a picture: a smaller copy, upright, without the metadata of whoever took it."""

from functools import partial
from pathlib import Path
from typing import BinaryIO

from PIL import Image, ImageOps

from anlan.files import storage
from anlan.files.models import StoredFile
from anlan.lib.whole_files import write_whole

SIZES = {"view": 1600, "thumb": 320}
QUALITY = 80


def rendition(file: StoredFile, name: str) -> Path:
    """The WebP copy of the picture, ``view`` or ``thumb``; made when first asked for."""
    path = storage.rendition_path(file.sha256, name)
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(path.parent, partial(_render, file.sha256, SIZES[name]), lambda: path)
    return path


def _render(sha256: str, size: int, target: BinaryIO) -> None:
    with Image.open(storage.original_path(sha256)) as image:
        image.draft("RGB", (size * 2, size * 2))
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((size, size))
        copy = upright.convert("RGBA" if _has_alpha(upright) else "RGB")
    copy.info.clear()  # EXIF, XMP, colour profile, comments
    copy.save(target, "WEBP", quality=QUALITY, method=4)


def _has_alpha(image: Image.Image) -> bool:
    return image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
