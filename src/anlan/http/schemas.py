"""What answers of the API are made of."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from pydantic import BaseModel, ConfigDict


class Answer(BaseModel):
    """An answer, or a part of one, given as a dict or an object with the same attributes. ninja's own ``Schema`` can look
    further (``resolve_…``, methods, managers), and takes five times as long for a long list."""

    model_config = ConfigDict(from_attributes=True)


class Coded(Answer):
    """``code`` is stable, ``label`` is what a person reads."""

    code: str
    label: str


class Place(Answer):
    """A region of the country, by its code."""

    code: str
    name: str


class Named(Answer):
    id: UUID
    name: str


def answered(schema: type[Answer], content: Any) -> HttpResponse:
    """The content in the shape of the schema, as JSON: for long lists, of which ninja would make dicts once more."""
    shaped = schema.model_validate(content)
    return HttpResponse(shaped.model_dump_json(), content_type="application/json; charset=utf-8")
