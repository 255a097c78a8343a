"""What pages listen to: kinds of subject of the ledger, each with the model whose scope says who sees one."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import Model

from anlan.authz.actors import Actor
from anlan.authz.scope import acting

_models: dict[str, Any] = {}


def watch(subject_type: str, model: type[Model]) -> None:
    """Let pages be told of subjects of this type, as far as the person sees the row of ``model`` with their id.
    The model is a scoped one."""
    _models[subject_type] = model


def known(names: Collection[str]) -> frozenset[str]:
    """Those of the names that can be listened to."""
    return frozenset(names) & _models.keys()


def is_matter(topic: str) -> bool:
    """Whether organisations take part in the subject itself, not in another it belongs to."""
    return bool(_models[topic].scope_columns.matter == "id")


def sees_any(actor: Actor, topic: str, ids: Collection[UUID]) -> bool:
    """Whether the actor sees one of the subjects."""
    with acting(actor):
        seen: bool = _models[topic].objects.order_by().visible_to(actor).filter(pk__in=list(ids)).exists()
    return seen
