"""What the slices above the loop have to say about a matter."""

from typing import Any

from anlan.authz.actors import Actor
from anlan.authz.permissions import Permission
from anlan.enforcement import api as enforcement
from anlan.hidden_dangers.api import HiddenDanger
from anlan.supervision import api as supervision


def about(actor: Actor, matter: HiddenDanger) -> dict[str, Any]:
    """Letters and leads, where the actor may read them and the matter can have any."""
    if not matter.dispatched_at:
        return {"letters": [], "leads": []}
    may_letters = actor.can(Permission.SUPERVISION_LETTER_VIEW)
    may_leads = actor.can(Permission.ENFORCEMENT_LEAD_VIEW)
    return {
        "letters": supervision.letters_about(actor, matter.id) if may_letters else [],
        "leads": enforcement.leads_about(actor, matter.id) if may_leads else [],
    }
