"""The API's description knows a shape by its name alone: two of one name, and one operation is described by the other's."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, get_args

from ninja.constants import NOT_SET
from pydantic import BaseModel

from anlan.config.api import api


def shapes() -> Iterator[type[BaseModel]]:
    """Every model that an operation takes or answers, with what it is made of."""
    for _, router in api._routers:
        for view in router.path_operations.values():
            for operation in view.operations:
                yield from filter(None, [*operation.models, *operation.response_models.values()])


def within(annotation: Any, seen: set[Any]) -> Iterator[type[BaseModel]]:
    if annotation in seen:
        return
    seen.add(annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        for field in annotation.model_fields.values():
            yield from within(field.annotation, seen)
    for part in get_args(annotation):
        if not isinstance(part, (str, int)):
            yield from within(part, seen)


def test_a_name_means_one_shape() -> None:
    named: dict[str, set[type[BaseModel]]] = defaultdict(set)
    seen: set[Any] = set()
    for shape in shapes():
        for model in within(shape, seen):
            if model.__module__.startswith("anlan"):
                named[model.__name__].add(model)
    assert len(named) > 100
    assert {name: models for name, models in named.items() if len(models) > 1} == {}


def test_what_is_sent_refuses_unknown_keys() -> None:
    seen: set[Any] = set()
    bodies = [
        one
        for operation in api.operations()
        for model in operation.models
        if model.__ninja_param_source__ == "body"
        for one in within(model, seen)
        if one.__module__.startswith("anlan")
    ]
    assert len(bodies) > 50
    assert [one for one in bodies if one.model_config.get("extra") != "forbid"] == []


def test_every_answer_has_a_shape() -> None:
    bare = [one.path for one in api.operations() if NOT_SET in one.response_models.values()]
    assert bare == []
