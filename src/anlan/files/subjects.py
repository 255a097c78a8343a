"""Who sees a file: whoever sees its subject. The slices above say who that is."""

from collections.abc import Callable
from uuid import UUID

from anlan.authz.actors import Actor

Sees = Callable[[Actor, UUID], bool]

_resolvers: dict[str, Sees] = {}


def register_subject(subject_type: str, sees: Sees) -> None:
    """Let files of ``subject_type`` be seen by actors for whom ``sees(actor, subject_id)`` is true."""
    _resolvers[subject_type] = sees


def is_seen(actor: Actor, subject_type: str, subject_id: UUID) -> bool:
    """Whether the actor sees the subject; a subject nobody answers for is seen by nobody."""
    sees = _resolvers.get(subject_type)
    return sees is not None and sees(actor, subject_id)
