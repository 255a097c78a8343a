"""Evidence for the demo: drawings, so that nobody takes them for photographs of a real place."""

import io
from functools import lru_cache

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

SIZE = (960, 720)
WALL, FLOOR, LINE = (223, 228, 234), (176, 184, 193), (71, 85, 105)
GOODS = [(201, 138, 91), (182, 120, 74), (214, 156, 110)]
CLEAR = (92, 158, 112)


def photograph(before: bool, variant: int) -> SimpleUploadedFile:
    """A JPEG upload: a room with goods in the way (before), or with the way clear (after)."""
    name = f"{'before' if before else 'after'}-{variant}.jpg"
    return SimpleUploadedFile(name, _draw(before, variant), content_type="image/jpeg")


def report(number: str) -> SimpleUploadedFile:
    """The smallest PDF that a reader opens: stands for an enterprise's own acceptance report."""
    return SimpleUploadedFile(f"report-{number}.pdf", _PDF, content_type="application/pdf")


@lru_cache(maxsize=64)
def _draw(before: bool, variant: int) -> bytes:
    image = Image.new("RGB", SIZE, WALL)
    draw = ImageDraw.Draw(image)
    horizon = 380 + 12 * (variant % 5)
    draw.polygon([(0, SIZE[1]), (SIZE[0], SIZE[1]), (SIZE[0] - 220, horizon), (220, horizon)], fill=FLOOR)
    door = 420 + 18 * (variant % 4)
    draw.rectangle((door, horizon - 190, door + 120, horizon), fill=(120, 134, 150), outline=LINE, width=4)
    draw.rectangle((door + 10, horizon - 232, door + 110, horizon - 204), fill=CLEAR)
    if before:
        _goods(draw, variant)
    else:
        draw.line([(330, SIZE[1]), (door, horizon)], fill=(234, 179, 8), width=8)
        draw.line([(650, SIZE[1]), (door + 120, horizon)], fill=(234, 179, 8), width=8)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


def _goods(draw: ImageDraw.ImageDraw, variant: int) -> None:
    for n in range(4 + variant % 3):
        x, y = 300 + 74 * n + 9 * (variant % 7), 470 + 26 * ((n + variant) % 3)
        draw.rectangle((x, y, x + 92, y + 96), fill=GOODS[(n + variant) % 3], outline=LINE, width=3)
        draw.line([(x, y + 34), (x + 92, y + 34)], fill=LINE, width=2)


_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\nxref\n0 4\n0000000000 65535 f \n"
    b"0000000009 00000 n \n0000000052 00000 n \n0000000101 00000 n \ntrailer<</Size 4/Root 1 0 R>>\nstartxref\n162\n%%EOF\n"
)
