"""Parameters nobody asked for. Passed over in silence, a misspelt filter would answer more than was meant."""

from collections.abc import Callable, Iterator
from typing import Any

from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from ninja.operation import Operation

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


def _unknown(names: list[str]) -> str:
    return f"没有这个参数，可用的有：{'、'.join(names)}。" if names else "没有这个参数，这里不带参数。"
