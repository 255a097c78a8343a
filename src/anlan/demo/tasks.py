"""The growth of the demo county as a job: with progress, and all of it or nothing."""

from datetime import timedelta
from random import Random

from anlan.authz.actors import Actor, system_actor
from anlan.authz.scope import acting
from anlan.demo import businesses, directions, people
from anlan.demo.growth import books, loading
from anlan.demo.growth.scales import GROWTH
from anlan.demo.places import World, lay_out
from anlan.hidden_dangers import api as loop
from anlan.jobs import api as jobs
from anlan.jobs.api import Job, long_task
from anlan.lib import clock


@long_task("demo.grow")
def grow(job: Job, actor: Actor, seed: int) -> None:
    """Bring the demo county to the size of ``GROWTH``."""
    world = lay_out()
    people.settle(world, None)
    businesses.man_the_accounts(world, None)
    random = Random(seed)
    books.enrol(world, random, GROWTH.enterprises, GROWTH.supervised)
    first = clock.today() - timedelta(days=GROWTH.days)
    loading.load(world, GROWTH, seed, first, lambda done, total: jobs.progress(job, done, total))
    directions.hold_meeting(world)


def start_growth(world: World, seed: int) -> Job | None:
    """Start the job for the county's office; None when the county has grown already."""
    with acting(system_actor(world.county)) as system:
        if loop.hidden_dangers(system, loop.Filters(), clock.today()).count() >= GROWTH.closed:
            return None
    with acting(world.actor(world.named("临海安委办"))) as actor:
        job = jobs.start(actor=actor, work=grow, title="扩充演示县", seed=seed)
    return jobs.job_by_id(job.id)
