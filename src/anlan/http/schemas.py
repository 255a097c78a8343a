"""What answers of the API are made of."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from pydantic import BaseModel, ConfigDict
from pydantic_core import CoreSchema, core_schema


class Answer(BaseModel):
    """An answer, or a part of one, given as a dict or an object with the same attributes. ninja's own ``Schema`` can look
    further (``resolve_…``, methods, managers), and takes five times as long for a long list."""

    model_config = ConfigDict(from_attributes=True)


@dataclass(frozen=True)
class OneOf:
    """Annotates a text that is one of these codes, which are data and so no enumeration."""

    codes: tuple[str, ...]

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        return core_schema.literal_schema(list(self.codes))


class Sent(BaseModel):
    """What is sent in a body. Unknown keys are refused, so that a slip of the pen is not silently lost. ninja's own
    ``Schema`` would look at each answer of a long list as if it were a record."""

    model_config = ConfigDict(extra="forbid")


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
