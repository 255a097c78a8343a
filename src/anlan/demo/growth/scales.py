"""How much there is at each scale, and what each visit and each find shall come to."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from anlan.demo.growth.plots import AGES, Ending
from anlan.hidden_dangers.api import Status

S = Status


@dataclass(frozen=True)
class Scale:
    """``closed`` and ``open`` are what counts as found, ``other`` what does not (not confirmed yet, dismissed, terminated).
    Of the closed, ``majors`` are 重大 and ``released`` were listed; of the open ``open_majors`` and ``listed``.
    ``from_checks``: every find was made on a visit, every enterprise was visited. ``late_share`` of what is put right
    comes after its date, ``quick_share`` is put right on the spot."""

    name: str
    enterprises: int
    supervised: int
    closed: int
    open: int
    majors: int
    open_majors: int
    released: int
    listed: int
    other: int = 0
    days: int = 365
    from_checks: bool = False
    late_share: float = 0.04
    quick_share: float = 0.06


GROWTH = Scale("growth", enterprises=2_000, supervised=600, closed=1_000, open=150, majors=12, open_majors=3, released=3,
               listed=3, other=60)  # fmt: skip
CITY = Scale("city", enterprises=36_931, supervised=6_000, closed=37_262, open=707, majors=34, open_majors=1, released=9,
             listed=18, from_checks=True, late_share=0.01)  # fmt: skip
"""What source document 3 reports to the end of October: 36,931 enterprises checked, 37,969 hidden dangers found, 37,262
closed, 35 major of which 34 closed, 27 listed of which 9 released (requirements S3-45…S3-48)."""
MILLION = Scale("million", enterprises=36_931, supervised=6_000, closed=966_000, open=26_000, majors=900, open_majors=40,
                released=240, listed=120, other=8_000, late_share=0.002,
                quick_share=0.5)  # fmt: skip
SCALES = {scale.name: scale for scale in (CITY, MILLION)}

OPEN_SHARES = {S.CONFIRMED: 5, S.DISPATCHED: 8, S.RECTIFYING: 62, S.SUSPENDED: 5, S.SUBMITTED: 20}
OTHER_SHARES = {S.REGISTERED: 40, S.RETURNED_TO_REPORTER: 8, S.DISMISSED: 40, S.TERMINATED: 12}


@dataclass(frozen=True, slots=True)
class Found:
    """What is found on a day at the place of that number, and what becomes of each find. A visit may find nothing."""

    on: date
    place: int
    endings: tuple[Ending, ...]
    is_visit: bool


def finds(scale: Scale, random: Random, places: int, first: date, last: date) -> list[Found]:
    """Everything of a scale, by the day. ``places`` is how many sites there are."""
    span = (last - first).days
    found = list(_closed(scale, random, places, first, span))
    for ending in _open(scale, random):
        low, high = AGES.get(ending.status, (10, max(10, span)))
        age = min(span, random.randint(low, high) + (25 if ending.is_listed or ending.is_major else 0))
        found.append(Found(last - timedelta(days=age), random.randrange(places), (ending,), scale.from_checks))
    return sorted(found, key=lambda one: one.on)


def _closed(scale: Scale, random: Random, places: int, first: date, span: int) -> Iterator[Found]:
    endings = _closed_endings(scale)
    random.shuffle(endings)
    if not scale.from_checks:
        for ending in endings:
            yield Found(_day(random, first, span, ending), random.randrange(places), (ending,), False)
        return
    at_place = Counter(random.randrange(places) for _ in endings)
    remaining = iter(endings)
    for place in range(places):
        some = tuple(next(remaining) for _ in range(at_place[place]))
        heaviest = next((one for one in some if one.is_major or one.is_listed), Ending(S.CLOSED))
        yield Found(_day(random, first, span, heaviest), place, some, True)


def _day(random: Random, first: date, span: int, ending: Ending) -> date:
    """Weekends are quieter; a major one takes its time."""
    room = max(1, span - (45 if ending.is_major or ending.is_listed else 1))
    day = first + timedelta(days=random.randrange(room))
    if day.weekday() >= 5 and random.random() < 0.7:
        day -= timedelta(days=day.weekday() - 4)
    return max(day, first)


def _closed_endings(scale: Scale) -> list[Ending]:
    plain = Ending(S.CLOSED)
    special = [Ending(S.CLOSED, is_major=True)] * scale.majors
    released = [Ending(S.CLOSED, is_listed=True, is_released=True)] * scale.released
    return [*special, *released, *[plain] * (scale.closed - len(special) - len(released))]


def _open(scale: Scale, random: Random) -> list[Ending]:
    special = [Ending(S.RECTIFYING, is_major=True)] * scale.open_majors
    listed = [Ending(S.RECTIFYING, is_listed=True)] * scale.listed
    plain = random.choices(list(OPEN_SHARES), list(OPEN_SHARES.values()), k=scale.open - len(special) - len(listed))
    other = random.choices(list(OTHER_SHARES), list(OTHER_SHARES.values()), k=scale.other)
    return [*special, *listed, *(Ending(status) for status in (*plain, *other))]
