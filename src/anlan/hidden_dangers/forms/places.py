"""Where it is: a site of an enterprise or another supervised object, chosen among those found by typing. One group of
radio buttons for both, so one field."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError

from anlan.authz.actors import Actor
from anlan.authz.permissions import Permission
from anlan.register import api as register

FOUND = 8
AT_HAND = 4
OBJECT = "object:"
"""Stands before the id of an object; a site is posted as its id alone."""


@dataclass(frozen=True)
class Place:
    """One button: ``value`` is what it posts."""

    value: str
    name: str
    about: str


@dataclass(frozen=True)
class Chosen:
    """What was chosen: one of the two, or neither."""

    site_id: UUID | None = None
    object_id: UUID | None = None

    def __bool__(self) -> bool:
        return self.site_id is not None or self.object_id is not None


class PlaceField(forms.CharField):
    """Cleans to a `Chosen`."""

    def clean(self, value: Any) -> Chosen:
        try:
            return _chosen(super().clean(value))
        except ValueError as unreadable:
            raise ValidationError("请重新选择地点。") from unreadable


def starting_place(address: Mapping[str, str]) -> str:
    """What ``?site=`` or ``?object=`` of an address chooses."""
    return f"{OBJECT}{address['object']}" if address.get("object") else address.get("site", "")


def chosen_place(actor: Actor, value: Any) -> Place | None:
    """The button chosen before, so that it is still chosen when the form comes back; None for what the actor does not
    see."""
    try:
        chosen = _chosen(str(value or ""))
    except ValueError:
        return None
    if chosen.object_id is not None:
        found = _objects(actor).filter(id=chosen.object_id).first()
        return _object(found) if found else None
    site = _sites(actor).filter(id=chosen.site_id).first() if chosen else None
    return _site(site) if site else None


def places_matching(actor: Actor, text: str, *, sites_only: bool = False) -> list[Place]:
    """The first sites and objects in which the text is. Without a text some sites at hand, of an enterprise also the
    objects it answers for."""
    sites = _sites(actor, text)[: FOUND if text or actor.is_enterprise else AT_HAND]
    objects = _objects(actor, text).exclude(status=register.ObjectStatus.GONE)[:FOUND]
    objects = objects if (text or actor.is_enterprise) and not sites_only else []
    return [*(_site(one) for one in sites), *(_object(one) for one in objects)]


def _chosen(text: str) -> Chosen:
    """Raises ValueError for what is no id."""
    if not text:
        return Chosen()
    is_object = text.startswith(OBJECT)
    found = UUID(text.removeprefix(OBJECT))
    return Chosen(object_id=found) if is_object else Chosen(site_id=found)


def _sites(actor: Actor, text: str = "") -> Any:
    return register.sites(actor, register.SiteFilters(q=text)).with_names()


def _objects(actor: Actor, text: str = "") -> Any:
    found = register.supervised_objects(actor, register.ObjectFilters(q=text))
    return found if actor.can(Permission.OBJECT_VIEW) else found.none()


def _site(site: register.Site) -> Place:
    return Place(str(site.id), site.enterprise.name, f"{site.name} · {site.address}")


def _object(found: register.SupervisedObject) -> Place:
    return Place(f"{OBJECT}{found.id}", found.name, f"{found.get_kind_display()} · {found.address}")
