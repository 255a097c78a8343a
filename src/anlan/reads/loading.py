"""How a record is made of a row of the database."""

from collections.abc import Collection
from typing import Any, Self

from django.db import models
from django.db.models.base import ModelState


class QuicklyLoaded(models.Model):
    """A model whose rows become records as they are. Django's own way runs ``__init__``, which asks each of the fields for
    its value: for a list that costs more than the query. It may be left out because no field here changes what it is given
    (files, images) and nobody listens to ``post_init``; both are held by a test."""

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any], **_: Any) -> Self:
        record = cls.__new__(cls)
        record._state = ModelState()
        record._state.adding, record._state.db = False, db
        record.__dict__.update(zip(field_names, values, strict=True))
        return record
