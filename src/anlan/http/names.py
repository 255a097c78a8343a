"""Parameters nobody asked for. Passed over in silence, a misspelt filter would answer more than was meant."""

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from ninja.operation import Operation
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from anlan.http.parsing import UnsupportedMediaType
from anlan.http.validation import pointer_of

SENT: dict[str, Callable[[HttpRequest], MultiValueDict[str, Any]]] = {
    "query": lambda request: request.GET,
    "form": lambda request: request.POST,
    "file": lambda request: request.FILES,
}
CSRF_FIELD = "csrfmiddlewaretoken"
"""Django takes the token of a session out of a form as well."""


FORM_TYPES = ("multipart/form-data", "application/x-www-form-urlencoded")


def source_of(request: HttpRequest, pointer: str) -> str:
    """Where what the pointer points at stood in the request."""
    if request.method == "GET":
        return "query"
    if request.content_type not in FORM_TYPES:
        return "body"
    return "file" if pointer.strip("/") in request.FILES else "form"


class Names:
    """The names an operation takes, by where they stand. A body has its own: see ``Sent``."""

    def __init__(self, operation: Operation) -> None:
        self._models = operation.models
        sources = {str(model.__ninja_param_source__) for model in operation.models}
        taken = SENT if sources & {"form", "file"} else ("query",)
        self.names: dict[str, list[str]] = {source: [] for source in taken}
        self.repeated: set[str] = set()
        self.takes_file = "file" in sources
        for model in operation.models:
            source = str(model.__ninja_param_source__)
            if source in SENT:
                names = getattr(model, "__ninja_flatten_map__", None) or model.model_fields
                self.names[source].extend(names)
                self.repeated |= set(getattr(model, "__ninja_collection_fields__", ()))

    def leave_out_blanks(self, request: HttpRequest) -> None:
        """A parameter of the query that was left empty and cannot be was not given: ``?from=&to=`` is a form nobody filled
        in. Where an empty text says something (``cursor``, ``key``) it stays."""
        blank = [name for name, values in request.GET.lists() if "" in values and name in self._never_empty]
        if not blank:
            return
        given = request.GET.copy()
        for name in blank:
            given.setlist(name, [value for value in given.getlist(name) if value != ""])
            if not given.getlist(name):
                del given[name]
        request.GET = given  # type: ignore[assignment]

    @cached_property
    def _never_empty(self) -> set[str]:
        return {name for name, field in self._query if not any(_takes(field, blank) for blank in ("", [""]))}

    @property
    def _query(self) -> Iterator[tuple[str, FieldInfo]]:
        """What the query may hold; where it is a class, each of its fields."""
        for model in self._models:
            if str(model.__ninja_param_source__) == "query":
                for name, field in model.model_fields.items():
                    kind = field.annotation
                    nested = (
                        kind.model_fields if isinstance(kind, type) and issubclass(kind, BaseModel) else {name: field}
                    )
                    yield from ((one.alias or each, one) for each, one in nested.items())

    def errors(self, request: HttpRequest) -> list[dict[str, str]]:
        """What was sent and is not taken, and what was sent twice where one of them would be lost. UnsupportedMediaType
        (415) for what holds no file where one is wanted."""
        if self.takes_file and request.content_type != FORM_TYPES[0]:
            raise UnsupportedMediaType("multipart/form-data")
        return [error for source, names in self.names.items() for error in self._errors(request, source, names)]

    def _errors(self, request: HttpRequest, source: str, names: list[str]) -> Iterator[dict[str, str]]:
        for name, values in SENT[source](request).lists():
            if name not in names and (source, name) != ("form", CSRF_FIELD):
                yield {"source": source, "pointer": pointer_of((name,)), "message": _unknown(names)}
            elif len(values) > 1 and name not in self.repeated:
                yield {"source": source, "pointer": pointer_of((name,)), "message": "只能给一个值。"}


def _takes(field: FieldInfo, value: Any) -> bool:
    try:
        TypeAdapter(field.rebuild_annotation()).validate_python(value)
    except ValidationError:
        return False
    return True


def _unknown(names: list[str]) -> str:
    return f"没有这个参数，可用的有：{'、'.join(names)}。" if names else "没有这个参数，这里不带参数。"
