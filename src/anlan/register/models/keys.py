"""What makes two enterprises look alike, worked out by the database itself, so that no writer can forget it."""

from typing import Any

from django.db import models
from django.db.models import Case, F, Func, Q, Value, When
from django.db.models.functions import Concat, Lower

NOISE = r"[\s()（）【】·.,，。、_—-]|有限责任公司|股份有限公司|有限公司|公司|个体工商户|省|市|县"
"""Left out of a name: how it is written differs, what it means does not."""
PLACE_NOISE = r"[\s()（）,，。、—-]"
NO_DIGIT = r"\D"


class Without(Func):
    """``expression`` with everything that matches the pattern left out."""

    function = "regexp_replace"
    output_field = models.TextField()

    def __init__(self, expression: Any, pattern: str) -> None:
        super().__init__(expression, Value(pattern), Value(""), Value("g"))


def _key(expression: Any) -> Any:
    return models.GeneratedField(expression=expression, output_field=models.TextField(), db_persist=True)


def name_key() -> Any:
    return _key(Without(Lower("name"), NOISE))


def person_key() -> Any:
    """The legal representative with the phone; empty where one of them is not known."""
    digits = Without(F("phone"), NO_DIGIT)
    both = Concat("legal_representative", Value("/"), digits, output_field=models.TextField())
    known = ~Q(legal_representative="") & ~Q(phone="")
    return _key(Case(When(known, then=both), default=Value(""), output_field=models.TextField()))


def address_key() -> Any:
    return _key(Without(F("registered_address"), PLACE_NOISE))
