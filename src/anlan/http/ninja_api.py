"""The NinjaAPI of the house: default deny, problems instead of ninja's own errors, Idempotency-Key on every POST."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from django.core.exceptions import ImproperlyConfigured, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver
from ninja import NinjaAPI, Router
from ninja.errors import HttpError, ValidationError, ValidationErrorContext
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from ninja.renderers import JSONRenderer
from ninja.router import BoundRouter
from pydantic_core import to_json

from anlan.authz.scope import require
from anlan.http import idempotency, openapi
from anlan.http.auth import AUTH
from anlan.http.last_acts import last_act
from anlan.http.names import Names, source_of
from anlan.http.parsing import StrictParser
from anlan.http.problem import of_refusal, problem
from anlan.http.requests import actor_or_none, why_nobody_acts
from anlan.http.requires import permission_of, public, public_reason_of
from anlan.http.validation import message_of, pointer_of, with_tag
from anlan.lib.refusals import Refusal, joined

OPENAPI_IS_PUBLIC = "接口说明只描述格式，不含任何数据"


def build_api(routers: Iterable[tuple[str, Router]], **options: Any) -> "HouseAPI":
    """The API of these ``(prefix, router)`` pairs. Its ``urls`` are mounted at ``/api/v1/``."""
    api = HouseAPI(**options)
    for prefix, router in routers:
        api.add_router(prefix, router)
    return api


class ChineseRenderer(JSONRenderer):
    """JSON as UTF-8: half the size of escapes, and readable."""

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        return to_json(data)


class HouseAPI(NinjaAPI):
    """Raises ImproperlyConfigured while it is put together when an operation does not say who may call it."""

    def __init__(self, **options: Any) -> None:
        given = {
            "title": "安澜 接口",
            "version": "1",
            "description": openapi.DESCRIPTION,
            "urls_namespace": "api",
            "auth": AUTH,
            "parser": StrictParser(),
            "renderer": ChineseRenderer(),
            "docs_decorator": public(OPENAPI_IS_PUBLIC),
        }
        super().__init__(**{**given, **options})
        self._descriptions: dict[str, OpenAPISchema] = {}

    def set_default_exception_handlers(self) -> None:
        """Refusals and ninja's own errors become problems; anything else is Django's 500."""
        self.add_exception_handler(Refusal, _refusal)
        self.add_exception_handler(ValidationError, _validation_error)
        self.add_exception_handler(Http404, _not_found)
        self.add_exception_handler(HttpError, _http_error)
        self.add_exception_handler(RequestDataTooBig, _too_large)

    def operations(self) -> list[Operation]:
        """Every operation, for the test that walks all routes."""
        bound = self._get_bound_routers()
        return [op for router in bound for view in router.path_operations.values() for op in view.operations]

    def _get_bound_routers(self) -> list[BoundRouter]:
        is_new = self._bound_routers_cache is None
        routers = super()._get_bound_routers()
        if is_new:
            for operation in self.operations():
                self._guard(operation)
        return routers

    def _guard(self, operation: Operation) -> None:
        view = operation.view_func
        permission = permission_of(view)
        if public_reason_of(view):
            operation.auth_callbacks = []
        elif permission is None:
            raise ImproperlyConfigured(f"{view.__module__}.{view.__name__} lacks @requires or @public")
        operation.run = partial(self._run, operation.run, permission, Names(operation))  # type: ignore[method-assign]

    def _run(
        self, run: Callable[..., HttpResponseBase], permission: Any, names: Names, request: HttpRequest, **kwargs: Any
    ) -> HttpResponseBase:
        """Whether the person may at all is asked before what they sent is looked at."""
        actor = actor_or_none(request)
        try:
            if permission is not None:
                if actor is None:
                    return run(request, **kwargs)
                require(actor, permission)
            names.leave_out_blanks(request)
            if errors := names.errors(request):
                raise ValidationError(errors)
            return idempotency.once(request, actor, lambda: run(request, **kwargs))
        except (Refusal, ValidationError, RequestDataTooBig) as refusal:
            return self.on_exception(request, refusal)

    def _get_urls(self) -> list[URLResolver | URLPattern]:
        patterns = super()._get_urls()
        declared = [view for router in self._get_bound_routers() for view in router.path_operations.values()]
        views = [view for view in declared for _ in view.operations]
        first = len(patterns) - 1 - len(views)
        for pattern, view in zip(patterns[first:-1], views, strict=True):
            pattern.callback.operations = view.operations  # type: ignore[union-attr]
        root = patterns[-1]
        root.callback = public(OPENAPI_IS_PUBLIC)(root.callback)  # type: ignore[arg-type]
        return patterns

    def validation_error_from_error_contexts(
        self, error_contexts: list[ValidationErrorContext[Any]]
    ) -> ValidationError:
        """Each error with its source (body, query, path …) and its pointer into what was sent."""
        return ValidationError([error for context in error_contexts for error in _errors_of(context)])

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: Any = None) -> OpenAPISchema:
        """The description with every problem an operation can answer with; made once, for anybody may ask for it."""
        prefix = self.get_root_path(path_params or {}) if path_prefix is None else path_prefix
        if prefix not in self._descriptions:
            self._descriptions[prefix] = openapi.complete(super().get_openapi_schema(path_prefix=prefix))
        return self._descriptions[prefix]


def _errors_of(context: ValidationErrorContext[Any]) -> list[dict[str, Any]]:
    source = context.model.__ninja_param_source__
    single = getattr(context.model, "__read_from_single_attr__", None)
    union = context.model.model_fields[single] if single else None
    found: list[dict[str, Any]] = []
    for raw in context.pydantic_validation_error.errors(include_url=False, include_input=False):
        error = with_tag(dict(raw), union) if union else dict(raw)
        location = tuple(context.model.__ninja_flatten_map_reverse__.get(error["loc"], error["loc"]))
        if union and location[:1] == (single,):
            is_tagged = union.discriminator and len(location) > 2
            location = location[2:] if is_tagged else location[1:]
        elif source != "body":
            location = location[1:] if len(location) >= 2 and isinstance(location[1], str) else location
        pointer = pointer_of(
            tuple(part for part in location if "[" not in str(part))
        )  # pydantic's names of union members
        if pointer not in [earlier["pointer"] for earlier in found]:
            found.append({"source": source, "pointer": pointer, "message": message_of(error)})
    return found


def _refusal(request: HttpRequest, refusal: Any) -> HttpResponse:
    actor = actor_or_none(request)
    told = last_act(actor, refusal) if actor is not None and refusal.about else None
    return of_refusal(refusal, partial(source_of, request), told)


def _not_found(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(404, "not_found")


def _too_large(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(413, "too_large")


def _validation_error(request: HttpRequest, error: Any) -> HttpResponse:
    detail = joined(f"{found['pointer']}：{found['message']}".removeprefix("：") for found in error.errors)
    return problem(422, "invalid", detail, errors=error.errors)


def _http_error(request: HttpRequest, error: Any) -> HttpResponse:
    if isinstance(error.__cause__, Refusal):  # ninja wraps what the parser raises
        return of_refusal(error.__cause__)
    if error.status_code == 401:
        return of_refusal(why_nobody_acts(request))
    codes = {400: "malformed", 403: "forbidden", 404: "not_found", 429: "too_many_requests"}
    return problem(error.status_code, codes.get(error.status_code, "error"))
