"""The grids of the demo: the default ones, people in them, the sites and objects of the story, and some gaps to be found."""

import os
from datetime import date
from random import Random
from uuid import UUID

from django.core.management import call_command

from anlan.authz.actors import Actor
from anlan.authz.choices import OrganisationKind
from anlan.authz.models import Organisation
from anlan.authz.scope import acting
from anlan.demo import scenery
from anlan.demo.places import COUNTY, World
from anlan.register import api as register
from anlan.territory import api as territory
from anlan.territory.api import Appointment, Grid, GridPost, PersonInPost

SINCE = date(2024, 1, 1)
SHOW_GAPS_EVERY = 9
"""So many sites, key sites and other objects are left for the page of gaps; in 大洋街道 some grids too."""


def draw(world: World, random: Random) -> None:
    """Establish the default grids, appoint people in the lively townships, let sites and objects join. Repeatable."""
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123 - its count is of no interest here
        call_command("load_grids", county=[COUNTY], stdout=nowhere)
    with acting(world.actor(world.named("临海安委办"))) as county:
        if territory.members(county).exists():
            return
        register.assign_by_place(actor=county, ids=but_some(county))
    for township in world.of_kind(OrganisationKind.TOWNSHIP):
        with acting(world.actor(township)) as actor:
            _man(world, random, actor, township)


def but_some(actor: Actor) -> dict[str, list[UUID]]:
    """All sites and objects that are in no grid but every ninth, by the key of the member."""
    return {
        member.key: [
            one
            for number, one in enumerate(register.without_grid(actor, member).values_list("id", flat=True), start=1)
            if number % SHOW_GAPS_EVERY
        ]
        for member in register.MEMBERS.values()
    }


def _man(world: World, random: Random, actor: Actor, township: Organisation) -> None:
    """People for the grids of a township, but some; 包保 of most key sites by the township's 网格长."""
    grids = list(territory.grids(actor).select_related("region"))
    own = next(grid for grid in grids if grid.region_id == township.region_id)
    leader = _person(random)
    posts = [_post(own, GridPost.GRID_LEADER, leader)]
    posts.append(_post(own, GridPost.INSTRUCTOR, PersonInPost(user_id=actor.user_id)))
    accounts = {
        o.region_id: world.actors[o.id] for o in world.of_kind(OrganisationKind.VILLAGE) if o.id in world.actors
    }
    for number, grid in enumerate(grid for grid in grids if grid is not own):
        if (number + 1) % SHOW_GAPS_EVERY == 0:
            continue
        account = accounts.get(grid.region_id)
        person = PersonInPost(user_id=account.user_id) if account else _person(random)
        posts.append(_post(grid, GridPost.GRID_MEMBER, person))
        if number % 5 != 1:
            posts.append(_post(grid, GridPost.GRID_LEADER, _person(random)))
    territory.appoint_members(actor=actor, posts=posts)
    for number, site in enumerate(register.key_sites_without_official(actor)):
        if number % 3 != 2:
            facts = register.OfficialFacts(person=leader, duty="班子成员", valid_from=SINCE)
            register.name_official(actor=actor, site_id=site.id, facts=facts)


def _post(grid: Grid, post: GridPost, person: PersonInPost) -> tuple[UUID, Appointment]:
    return grid.id, Appointment(person=person, post=post, valid_from=SINCE)


def _person(random: Random) -> PersonInPost:
    return PersonInPost(name=f"{scenery.person(random)}（演示）", phone=f"1990001{random.randint(0, 9999):04d}")
