"""The code of a grid: the region's official code, the kind's letter and a number."""

from anlan.authz.actors import Actor
from anlan.authz.models import Region
from anlan.territory.choices import GridKind
from anlan.territory.models import Grid

LETTERS = {GridKind.COMPREHENSIVE: "Z", GridKind.EXCLUSIVE: "S", GridKind.SECTOR: "H", GridKind.MICRO: "W"}


def next_code(actor: Actor, region: Region, kind: str) -> str:
    """The next free code of the region: its official code, the kind's letter and a number."""
    return free_code(region, kind, taken_codes(region, kind))


def taken_codes(region: Region, kind: str) -> set[str]:
    """The codes of the region and kind that were ever given."""
    stem = f"{region.code}{LETTERS[GridKind(kind)]}"
    codes = Grid.objects.filter(wall_path=region.wall_path, code__startswith=stem)
    return set(codes.values_list("code", flat=True))


def free_code(region: Region, kind: str, taken: set[str]) -> str:
    """The first one that is not among the taken."""
    stem = f"{region.code}{LETTERS[GridKind(kind)]}"
    return next(code for number in range(1, len(taken) + 2) if (code := f"{stem}{number:02d}") not in taken)
