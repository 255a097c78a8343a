"""How many queries a page and an answer cost: at most twelve, and the same for ten rows as for sixty (DESIGN §18).

A count is of what the view asks, reads and writes. Opening the transaction and setting the range is the
same for every request and held to in tests/integration/test_actor_middleware.py.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from anlan.authz.scope import acting
from anlan.hidden_dangers import api as loop
from anlan.jobs import api as jobs
from anlan.lib import clock
from anlan.processes import api as processes
from anlan.reads import prepared
from anlan.register import api as register
from anlan.safeguards import api as safeguards
from anlan.supervision import actions as supervision
from tests.factories.cast import Cast
from tests.factories.matters import Matters, in_days, paper, upload
from tests.factories.world import text_of

pytestmark = pytest.mark.django_db

AT_MOST = 12
ASKS = ("SELECT", "(", "WITH", "INSERT", "UPDATE", "DELETE")
"""How a statement begins that is counted; a union does with a parenthesis."""
FEW, MANY = 10, 60


def counted(client: Client, path: str) -> list[str]:
    """The statements of one request that has been made before."""
    assert status_of(client, path) == 200, path
    with CaptureQueriesContext(connection) as captured:
        assert status_of(client, path) == 200
    texts = [query["sql"] for query in captured.captured_queries]
    return [text for text in texts if text.startswith(ASKS) and "set_config" not in text]


def status_of(client: Client, path: str) -> int:
    """What the whole answer came with."""
    response: Any = client.get(path)
    text_of(response)
    return int(response.status_code)


@contextmanager
def many_rows(cast: Cast) -> Iterator[Callable[[int], loop.HiddenDanger]]:
    """``grow(n)``: n matters in all, of three enterprises, each with its photo and its messages; the last of them."""
    by, made, events = Matters(cast), [], []
    with jobs.inline():

        def grow(total: int) -> loop.HiddenDanger:
            while len(made) < total:
                photo = upload(cast.town, "BEFORE")
                matter = by.registered(description=f"第 {len(made)} 件", photo_ids=[photo])
                by.act(cast.town, matter, "confirm", cause="STATE", clause="第二十八条")
                matter = by.act(cast.town, matter, "dispatch", lead=cast.village.organisation_id, due_on=in_days(7))
                made.append(by.act(cast.village, matter, "acknowledge"))
                _listing(cast, matter)
                _enterprise(cast, len(made))
                _event(cast, events, made)
                person = f"person{len(made)}"
                village = cast.organisations["文化社区"]
                cast.add(person, "VILLAGE_GRID_MEMBER", person, village, village.region)
            jobs.run_pending()
            return made[-1]

        yield grow


def _event(cast: Cast, events: list[UUID], made: list[loop.HiddenDanger]) -> None:
    """Another event that waits for the newest matter, and so does the first of all."""
    with acting(cast.county) as county:
        facts = safeguards.EventFacts(name=f"第 {len(made)} 届", opens_on=in_days(9))
        region_id = cast.regions["331082"].id
        events.append(safeguards.establish_event(actor=county, region_id=region_id, facts=facts).id)
        for event_id in {events[0], events[-1]}:
            safeguards.guard_matters(actor=county, event_id=event_id, hidden_danger_ids=[made[-1].id])


def _listing(cast: Cast, matter: loop.HiddenDanger) -> None:
    with acting(cast.county) as county:
        supervision.list_matter(actor=county, hidden_danger_id=matter.id, due_on=in_days(30), leader="林县长")


def _enterprise(cast: Cast, number: int) -> None:
    region = cast.regions["331082001001"]
    with acting(cast.county):
        facts = register.EnterpriseFacts(name=f"古城第{number}机械厂", region_id=region.id, industry_code="3311")
        enterprise = register.register_enterprise(actor=cast.county, facts=facts)
        site = register.SiteFacts(name="厂区", address="工业路", region_id=region.id, sectors=("FIRE",))
        register.register_site(actor=cast.county, enterprise_id=enterprise.id, facts=site)
        day = clock.today()
        licence = register.LicenceFacts(kind="GAS_TRADE", number=f"燃 {number}", valid_from=day, valid_to=day)
        register.register_licence(actor=cast.county, enterprise_id=enterprise.id, facts=licence)


def _list_pages(cast: Cast, matter: Any) -> list[tuple[str, str]]:
    return [
        ("county", "/"),
        ("town", "/"),
        ("village", "/"),
        ("firm", "/"),
        ("leader", "/"),
        ("county", "/hidden-dangers/"),
        ("firm", "/hidden-dangers/"),
        ("town", "/hidden-dangers/?state=mine&sort=due_on"),
        ("town", "/search?q=件"),
        ("county", "/search?q=机械"),
        ("county", "/safeguards/"),
        ("town", "/safeguards/"),
        ("county", "/api/v1/safeguards?page_size=200"),
        ("county", "/listings/"),
        ("village", "/api/v1/listings?page_size=200"),
        ("county", "/signed-lists/?period=2026-09"),
        ("county", "/signed-lists/sign?period=2026-09"),
        ("county", "/api/v1/search?q=机械&size=50"),
        ("town", "/messages/"),
        ("county", "/jobs/"),
        ("county", "/enterprises/"),
        ("county", "/oversight/"),
        ("firm", "/oversight/"),
        ("town", "/oversight/indicators/found/numerator"),
        ("county", "/oversight/indicators/rectification_rate/denominator?split=region&key=331082001"),
        ("county", "/api/v1/indicators/rectification_rate?split=region"),
        ("county", "/api/v1/indicators/found/numerator?page_size=200"),
        ("town", "/enterprises/"),
        ("county", "/users/"),
        ("town", "/users/?role=VILLAGE_GRID_MEMBER"),
        ("town", "/users/open/"),
        ("county", "/enterprises/sites/"),
        ("county", "/enterprises/duplicates/"),
        ("county", "/checks/unchecked"),
        ("county", "/checks/unpatrolled"),
        ("county", "/api/v1/unpatrolled-grids?page_size=200"),
        ("county", "/enterprises/licences/"),
        ("town", "/enterprises/sites/?gap=any&tag=KEY_SITE"),
        ("firm", "/rules/major_hazard_source/?on=2024-03-01&f.substances.0.name=氨&f.substances.0.q_t=10"),
        ("county", "/api/v1/hidden-dangers?page_size=200"),
        ("firm", "/api/v1/hidden-dangers?page_size=200"),
        ("county", "/api/v1/hidden-dangers?cursor=&page_size=200"),
        ("county", "/api/v1/enterprises?page_size=200"),
        ("county", "/api/v1/sites?page_size=200"),
        ("county", "/api/v1/organisations?page_size=200"),
    ]


def _pages_of_one(cast: Cast, matter: Any) -> list[tuple[str, str]]:
    with acting(cast.county) as county:
        event = safeguards.events(county).get(name="第 1 届")
    return [
        ("county", f"/safeguards/{event.id}/"),
        ("town", f"/safeguards/{event.id}/?state=open"),
        ("county", f"/safeguards/{event.id}/print"),
        ("county", f"/api/v1/safeguards/{event.id}"),
        ("county", f"/api/v1/safeguards/{event.id}/matters?page_size=200"),
        ("county", f"/hidden-dangers/{matter.id}/"),
        ("town", f"/hidden-dangers/{matter.id}/"),
        ("firm", f"/hidden-dangers/{matter.id}/"),
        ("village", f"/hidden-dangers/{matter.id}/fill-five"),
        ("town", f"/hidden-dangers/{matter.id}/findings/"),
        ("town", f"/api/v1/hidden-dangers/{matter.id}/findings"),
        ("county", f"/enterprises/{cast.enterprises['firm'].id}/"),
        ("town", f"/users/{cast.users['village'].id}/"),
        ("town", "/accounts/me/"),
        ("county", f"/enterprises/{cast.enterprises['firm'].id}/dossier/"),
        ("town", f"/api/v1/hidden-dangers/{matter.id}"),
        ("firm", f"/api/v1/hidden-dangers/{matter.id}"),
        ("town", f"/api/v1/hidden-dangers/{matter.id}/history"),
        ("county", f"/api/v1/enterprises/{cast.enterprises['firm'].id}"),
        ("county", f"/api/v1/sites/{cast.sites['firm'].id}"),
        ("dept", f"/enterprises/sites/{cast.sites['firm'].id}/inspections/"),
        ("dept", f"/api/v1/sites/{cast.sites['firm'].id}/inspection-cap"),
    ]


def test_lists_and_pages(cast, client_of):
    """One test for all of them, for the rows are made once."""
    with many_rows(cast) as grow:
        matter = grow(FEW)
        pages = _list_pages(cast, matter) + _pages_of_one(cast, matter)
        few = {page: counted(client_of(page[0]), page[1]) for page in pages}
        grow(MANY)
        many = {page: counted(client_of(page[0]), page[1]) for page in pages}
    growing = {page: (len(few[page]), len(many[page])) for page in pages if len(few[page]) != len(many[page])}
    assert growing == {}
    above = {page: len(texts) for page, texts in many.items() if len(texts) > AT_MOST}
    assert above == {}


def test_the_fullest_case_in_every_status(cast, client_of):
    """A major one, late, listed by two, with a rule's finding, comments, and an extension and a suspension asked for:
    wherever it stands and whoever opens it, its page asks no more than any other."""
    above, seen = {}, set()
    for matter in _fullest_case(cast):
        path = f"/hidden-dangers/{matter.id}/"
        clients = {who: client_of(who) for who in ("county", "town", "fire", "village", "firm", "leader", "city")}
        for who, client in clients.items():
            if client.get(path).status_code == 404:  # not known to everybody from the first day
                continue
            seen.add((who, matter.status))
            if (asked := len(counted(client, path))) > AT_MOST:
                above[who, matter.status] = asked
    assert above == {}
    assert len(seen) > 35


def _fullest_case(cast: Cast) -> Iterator[loop.HiddenDanger]:
    """The matter each time it stands somewhere else."""
    by = Matters(cast)
    facts = {"sector": "FIREWORKS", "facts": {"powder_over_limit": True}}
    with jobs.inline():
        matter = by.registered(cast.village, photo_ids=[upload(cast.village, "BEFORE")])
        with acting(cast.town):
            loop.ask_rule(actor=cast.town, hidden_danger_id=matter.id, facts=facts)
        yield by.act(cast.town, matter, "propose_major", reason="住宿与车间同楼")
        yield by.act(cast.fire, matter, "confirm_major", clause="判定标准第三条", cause="STATE")
        by.act(cast.town, matter, "dispatch", lead=cast.village.organisation_id, due_on=in_days(2))
        for lister in (cast.county, cast.town):
            with acting(lister):
                supervision.list_matter(actor=lister, hidden_danger_id=matter.id, due_on=in_days(30), leader="林县长")
        with clock.at(clock.now() + timedelta(days=4)):
            processes.sweep(cast.system())
            jobs.run_pending()
            yield matter
            by.act(cast.village, matter, "acknowledge")
            by.act(cast.firm, matter, "request_suspension", controls="停用", review_on=in_days(10))
            by.act(cast.town, matter, "refuse_suspension", reason="不准")
            by.act(cast.firm, matter, "request_extension", until=in_days(9), reason="等配件")
            yield by.act(cast.firm, matter, "request_suspension", controls="停用", review_on=in_days(10))
            yield by.act(cast.town, matter, "approve_suspension")
            by.act(cast.firm, matter, "resume")
            by.act(cast.town, matter, "refuse_extension", reason="不延")
            five = {"plan": "分隔", "due_on": in_days(9), "person": "韩", "funds_cny": 1, "measures": "停用"}
            by.act(cast.firm, matter, "fill_five", **five)
            photos = [upload(cast.firm, "AFTER")]
            yield by.act(cast.firm, matter, "submit_rectification", note="好了", photos=photos)
            report = {"report": [upload(cast.fire, "REPORT", paper())], "officers": ["甲", "乙"]}
            yield by.act(cast.fire, matter, "accept_rectification", note="到位", **report)


def test_a_late_case_of_an_organ(cast, client_of):
    """The village itself has to put it right, and gave it to itself: who accepts has to be looked up above it."""
    by = Matters(cast)
    party = {"kind": "ORGANISATION", "id": cast.town.organisation_id}
    place = {"site_id": None, "region_id": cast.regions["331082001001"].id, "place": "新街口"}
    matter = by.registered(**place)
    by.act(cast.town, matter, "confirm", cause="STATE", responsible_party=party)
    by.act(cast.town, matter, "dispatch", lead=cast.village.organisation_id, due_on=in_days(2))
    by.act(cast.village, matter, "acknowledge")
    with clock.at(clock.now() + timedelta(days=4)), jobs.inline():
        processes.sweep(cast.system())
        jobs.run_pending()
        by.act(cast.village, matter, "request_extension", until=in_days(9), reason="等配件")
        by.act(cast.town, matter, "refuse_extension", reason="不延")
        by.act(cast.town, matter, "submit_rectification", note="好了", photos=[upload(cast.town, "AFTER")])
    for who in ("county", "town", "village"):
        assert len(counted(client_of(who), f"/hidden-dangers/{matter.id}/")) <= AT_MOST, who


def test_a_closed_case_that_came_back(cast, client_of):
    """The link to the new one costs no query."""
    by = Matters(cast)
    matter = by.closed()
    other = cast.add("town_b", "TOWNSHIP_OFFICE", "郑古城", cast.organisations["古城街道"], cast.regions["331082001"])
    before = len(counted(client_of("town"), f"/hidden-dangers/{matter.id}/"))
    by.act(other, matter, "look_back", result="RECURRED", note="又堆上了")
    after = len(counted(client_of("town"), f"/hidden-dangers/{matter.id}/"))
    assert after <= min(before, AT_MOST)


def test_a_long_history_costs_no_more(cast, client_of):
    """Ten comments or sixty: the case page and the history ask the same."""
    from anlan.hidden_dangers.actions import comment

    matter = Matters(cast).rectifying()
    paths = [f"/hidden-dangers/{matter.id}/", f"/api/v1/hidden-dangers/{matter.id}/history"]
    found = []
    for number in (FEW, MANY - FEW):
        for n in range(number):
            with acting(cast.town):
                comment(actor=cast.town, hidden_danger_id=matter.id, note=f"第 {n} 句")
        found.append([len(counted(client_of("town"), path)) for path in paths])
    assert found[0] == found[1]


def test_a_query_for_every_row_is_found(cast, client_of, monkeypatch):
    from anlan.hidden_dangers.querysets import HiddenDangerQuerySet

    by = Matters(cast)
    by.registered()
    with monkeypatch.context() as patch:
        patch.setattr(HiddenDangerQuerySet, "with_names", lambda self: self)
        prepared.forget()
        one = counted(client_of("county"), "/api/v1/hidden-dangers")
        by.registered()
        two = counted(client_of("county"), "/api/v1/hidden-dangers")
    prepared.forget()
    assert len(two) > len(one)
