"""Every page of the house, found by following its links: nothing serious for axe, whole on a phone, without a fault."""

import re
from collections import deque
from collections.abc import Callable, Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from django.urls import Resolver404, resolve

from anlan.authz.actors import Actor
from anlan.authz.scope import acting
from anlan.inspections.actions import begin
from anlan.inspections.choices import ActClass
from anlan.inspections.facts import Start
from anlan.inspections.selectors import checklist_versions
from anlan.lib import clock
from anlan.register import api as register
from anlan.supervision.actions import sign_list
from anlan.supervision.periods import Period
from tests.factories.cast import Cast
from tests.factories.matters import upload
from tests.factories.world import build_world
from tests.functional.conftest import World
from tests.functional.judging import faults_of
from tests.functional.visitor import DESK, Visitor
from tests.integration.test_checks import inspect, self_check
from tests.integration.test_rule_findings import ask
from tests.meta.test_isolation_matrix import ROUTES

pytestmark = pytest.mark.functional

People = Callable[..., Visitor]
NO_PAGES = {
    "healthz": "JSON",
    "map/data/": "JSON",
    "enterprises/industry-options/": "a part of a form",
    "hidden-dangers/places": "a part of a form",
    "hidden-dangers/parties": "a part of a form",
    "jobs/{job_id}/progress/": "a part of a page",
    "imports/{import_id}/progress/": "a part of a page",
    "jobs/{job_id}/result/": "a download",
    "imports/templates/{kind_code}/": "a download",
    "ledger/receipts/{entry_id}/file/": "a download",
    "imports/{import_id}/bad-rows/": "a download",
    "files/{file_id}/": "a download",
    "files/{file_id}/view/": "a picture",
    "files/{file_id}/thumb/": "a picture",
}
ELSEWHERE = {
    "accounts/sign-in/": "`test_pages`",
    "accounts/sign-in/second-factor/": "`test_accounts`",
    "accounts/me/session/": "answers a page: `test_sending`",
    "accounts/sign-in/passkey/": "answers a device",
    "accounts/confirm/code/": "`accounts/confirm/` with the other field",
    "accounts/confirm/passkey/": "answers a device",
    "ledger/receipts/{entry_id}/": "where `ledger/receipts/{subject_id}/{event_id}/` leads",
    "accounts/me/second-factor/": "leads to `accounts/me/`",
    "accounts/me/totp/deactivate/": "`test_accounts`",
    "accounts/me/recovery-codes/": "`test_accounts`",
    "accounts/me/recovery-codes/generate/": "`test_accounts`",
    "accounts/me/passkeys/{pk}/remove/": "`test_accounts`",
}
"""What comes behind a second factor."""


@pytest.fixture(scope="module")
def first(world: World) -> dict[str, list[str]]:
    """One record of every kind, so that each page has something to show; and who goes where first."""
    whole, cast = build_world(world.cast), world.cast
    registered, listing = f"/hidden-dangers/{whole.stages['registered'].id}/", f"/listings/{whole.listings['own']}/"
    finding = ask(cast, "town", whole.stages["registered"]).json()["id"]
    draft = _checks(cast)
    twin, transfer = _second_registration(cast)
    resumption = _stops(cast)
    firm, firm2 = (f"/enterprises/{cast.enterprises[name].id}/" for name in ("firm", "firm2"))
    return {
        "county": [firm, f"{firm}history/", listing, f"{listing}report_progress", twin],
        "town": [
            "/grids/",
            registered,
            f"{registered}confirm",
            f"{registered}findings/{finding}/",
            resumption,
            f"/grids/sites/{cast.sites['firm'].id}/name-official/",
        ],
        "dept": [draft],
        "firm": [firm],
        "town2": [transfer],
        "firm2": [firm2, f"{firm2}request-resumption/"],
    }


def _checks(cast: Cast) -> str:
    """An inspection, a self-check, a signed list; the address of an inspection just begun."""
    call_command("load_checklists", verbosity=0)
    with acting(cast.dept) as dept:
        fire = next(one for one in checklist_versions(dept) if one.checklist.code == "fire-general")
        draft = begin(actor=dept, start=Start(ActClass.ADMINISTRATIVE_INSPECTION, cast.sites["firm2"].id))
    inspect(cast.dept, cast.sites["firm"], fire, failed=(1,))
    self_check(cast, fire, (1, 2))
    last_month = clock.today().replace(day=1) - timedelta(days=1)
    with acting(cast.town) as town:
        sign_list(actor=town, period=Period.read(f"{last_month:%Y-%m}"), signatory="周分管", post="副主任")
    return f"/checks/{draft.id}/fill"


def _second_registration(cast: Cast) -> tuple[str, str]:
    """The firm once more, with a site that is to move, and its own site once more: the addresses of merging the two firms,
    and of the transfer."""
    firm, home, away = cast.enterprises["firm"], cast.regions["331082001001"], cast.regions["331082002001"]
    with acting(cast.town) as town:
        facts = register.EnterpriseFacts(name=firm.name, region_id=home.id)
        twin = register.register_enterprise(actor=town, facts=facts)
        place = register.SiteFacts(name="仓库", address="井头街 9 号", region_id=home.id)
        site = register.register_site(actor=town, enterprise_id=twin.id, facts=place)
        again = register.SiteFacts(name="老厂区", address=cast.sites["firm"].address, region_id=home.id)
        register.register_site(actor=town, enterprise_id=firm.id, facts=again)
        moving = register.propose_site_transfer(actor=town, site_id=site.id, to_region_id=away.id, reason="整体搬迁")
    return f"/enterprises/{twin.id}/merge/?into={firm.id}", f"/enterprises/transfers/{moving.id}/"


def _stops(cast: Cast) -> str:
    """Landlord and tenant stop; the address of what the tenant asks for to begin again."""
    landlord, tenant = cast.enterprises["firm2"].id, cast.sites["firm"].id
    with acting(cast.county) as county:
        register.register_tenancy(actor=county, tenant_site_id=tenant, landlord_id=landlord, valid_from=clock.today())
        register.set_enterprise_status(actor=county, enterprise_id=landlord, to_status="STOPPED", on=_papers(county))
        register.set_site_status(actor=county, site_id=tenant, to_status="STOPPED", on=_papers(county))
    with acting(cast.firm) as firm:
        asked = register.request_resumption(actor=firm, site_id=tenant, on=_papers(firm))
    return f"/enterprises/status-changes/{asked.id}/"


def _papers(actor: Actor) -> register.Evidenced:
    return register.Evidenced(reason="检修", since_on=clock.today(), file_ids=[upload(actor, "REPORT")])


def test_every_page(first: dict[str, list[str]], visitor: People) -> None:
    """Each kind of page once, by whoever first finds a link to it."""
    seen: set[str] = set()
    faults: list[str] = []
    for who, addresses in first.items():
        one = visitor(who)
        one.expected.add(409)  # a form whose act is not to be had now says why
        for _ in _walk(one, ["/", *addresses], seen):
            faults += faults_of(one.page)
    unseen = pages_of_the_house() - seen - set(ELSEWHERE)
    wrong = [*faults, *(f"{kind} was found by nobody" for kind in sorted(unseen))]
    assert not wrong, "\n".join(wrong)


def _walk(one: Visitor, first: list[str], seen: set[str]) -> Iterator[str]:
    """The addresses of kinds nobody has seen; each is open when it is yielded."""
    waiting, asked = deque(first), set(first)
    while waiting:
        address = waiting.popleft()
        kind = kind_of(address)
        if kind is None or (kind in seen and address not in first):
            continue
        seen.add(kind)
        one.page.set_viewport_size(DESK)  # type: ignore[arg-type]
        one.goes(address)
        new = [link for link in _links(one) if link not in asked]
        waiting += new
        asked |= set(new)
        yield address


def _links(one: Visitor) -> list[str]:
    """Where the page leads on this site, with links that open a panel."""
    script = "all => all.map(one => one.getAttribute('hx-get') ?? one.href)"
    found = one.page.eval_on_selector_all("a[href]:not([download]), [hx-get]", script)
    return [link.removeprefix(one.site).partition("#")[0] for link in found if link.startswith((one.site, "/"))]


def kind_of(address: str) -> str | None:
    """The route of a page, as the table of routes has it; None for what is no page."""
    try:
        route = resolve(urlsplit(address).path).route
    except Resolver404:
        return None
    kind = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route)
    return kind if kind in pages_of_the_house() else None


def pages_of_the_house() -> set[str]:
    shown = {route for route, methods in ROUTES.items() if "GET" in methods and not route.startswith("api/")}
    return shown - set(NO_PAGES)
