"""Who may call the views here. This room lies below ``http``, so it only leaves the mark ``http`` enforces."""

from collections.abc import Callable
from typing import Any, TypeVar

from anlan.authz.permissions import Permission

View = TypeVar("View", bound=Callable[..., Any])


def for_readers(view: View) -> View:
    """Whoever may see files; which ones is the subject's answer."""
    view.permission = Permission.FILE_VIEW  # type: ignore[attr-defined]
    return view
