"""What ninja leaves out of the description: the problems every operation can answer with, and Idempotency-Key."""

from typing import Any

from ninja.openapi.schema import OpenAPISchema

from anlan.http.idempotency import DESCRIPTION as IDEMPOTENCY
from anlan.http.idempotency import HEADER
from anlan.http.problem import CONTENT_TYPE, TITLES, Problem

DESCRIPTION = """\
列表用 `page`/`page_size`（不超过 200），大量取数用 `cursor`；POST 可带 `Idempotency-Key`；修改可带 `If-Match`。查询参数留空等于没写，不认识的参数答 422。
出错时答复 `application/problem+json`，程序看 `code`，人看 `detail`。时间为 RFC 3339，编号为 UUIDv7。"""

UNSAFE = ("post", "put", "patch", "delete")
REFERENCE = "#/components/schemas/{model}"


def complete(schema: OpenAPISchema) -> OpenAPISchema:
    """``schema`` with problem responses declared on every operation."""
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            _declare_problems(operation, _statuses(path, method, operation))
            if method == "post" and operation.get("security"):
                _declare_idempotency(operation)
    definition = Problem.model_json_schema(ref_template=REFERENCE)
    schema["components"]["schemas"] |= {**definition.pop("$defs", {}), "Problem": definition}
    return schema


def _statuses(path: str, method: str, operation: dict[str, Any]) -> list[int]:
    statuses = [400, 422, 503]
    if operation.get("security"):
        statuses += [401, 403]
    if "{" in path or method in UNSAFE:
        statuses.append(404)
    if method in UNSAFE:
        statuses += [409, 412]
    if "requestBody" in operation:
        statuses += [413, 415]
    return statuses


def _declare_problems(operation: dict[str, Any], statuses: list[int]) -> None:
    content = {CONTENT_TYPE: {"schema": {"$ref": REFERENCE.format(model="Problem")}}}
    for status in statuses:
        operation["responses"][status] = {"description": TITLES[status], "content": content}


def _declare_idempotency(operation: dict[str, Any]) -> None:
    text = {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[ -~]+$"}
    operation["parameters"] = [
        *operation["parameters"],
        {"in": "header", "name": HEADER, "required": False, "schema": text, "description": IDEMPOTENCY},
    ]
