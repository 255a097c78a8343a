"""What the slices above the loop have to say about a matter."""

from typing import Any

from django.urls import reverse

from anlan.authz.actors import Actor
from anlan.authz.permissions import Permission
from anlan.enforcement import api as enforcement
from anlan.hidden_dangers.api import CasePage
from anlan.lib import clock
from anlan.register import api as register
from anlan.safeguards import api as safeguards
from anlan.supervision import api as supervision


def about(actor: Actor, case: CasePage) -> dict[str, Any]:
    """Letters and leads, where the actor may read them (only lateness brings them), listings, and 活动保障."""
    was_late = any(entry.late for entry in case.timeline)
    asks_letters = was_late and actor.can(Permission.SUPERVISION_LETTER_VIEW)
    asks_leads = was_late and actor.can(Permission.ENFORCEMENT_LEAD_VIEW)
    return {
        "enterprise_url": _enterprise_url(actor, case),
        "site_url": _site_url(actor, case),
        "object_url": _object_url(actor, case),
        "events": safeguards.guarding(case.matter, clock.today()),
        "letters": supervision.letters_about(actor, case.matter.id) if asks_letters else [],
        "listings": _listings(actor, case),
        "list_url": _list_url(actor, case),
        "leads": enforcement.leads_about(actor, case.matter.id) if asks_leads else [],
    }


def _listings(actor: Actor, case: CasePage) -> list[supervision.SupervisionListing]:
    """A matter is listed after it has been dispatched, and only if it may be seen."""
    may_see = actor.can(Permission.SUPERVISION_LISTING_VIEW) and case.matter.dispatched_at is not None
    return supervision.listings_about(actor, case.matter.id) if may_see else []


def _list_url(actor: Actor, case: CasePage) -> str:
    matter = case.matter
    may_list = actor.can(Permission.SUPERVISION_LISTING_LIST) and matter.is_open and matter.dispatched_at is not None
    return reverse("supervision:list", args=[matter.id]) if may_list else ""


def _enterprise_url(actor: Actor, case: CasePage) -> str:
    party_id = case.matter.party_enterprise_id
    may_open = party_id is not None and actor.can(Permission.ENTERPRISE_VIEW)
    return reverse("register:enterprise", args=[party_id]) if may_open else ""


def _site_url(actor: Actor, case: CasePage) -> str:
    """Sites are on the page of their enterprise; who takes part from elsewhere need not see it."""
    site, is_near = case.matter.site, case.matter.region_path.startswith(actor.region_path)
    may_open = is_near and actor.can(Permission.ENTERPRISE_VIEW)
    return reverse("register:enterprise", args=[site.enterprise_id]) if site and may_open else ""


def _object_url(actor: Actor, case: CasePage) -> str:
    """Who takes part in the matter need not see the object."""
    object_id = case.matter.supervised_object_id
    if object_id is None or not actor.can(Permission.OBJECT_VIEW):
        return ""
    seen = register.supervised_objects(actor, register.ObjectFilters()).filter(id=object_id).exists()
    return reverse("objects:object", args=[object_id]) if seen else ""
