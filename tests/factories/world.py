"""A committed world of matters for the tests that walk everything: built once a session, in a database of its own.

``world`` (import ``the_world`` into the module) switches Django to that database while the module runs; each test with
``django_db`` still lives in a transaction that is rolled back. Every text a person could recognise carries a canary,
and ``SEES`` says, by hand and not by asking the code, who may read which matter (DESIGN §4, DOMAIN §1, §4).

Counties: 临海 with ``own`` … ``urban``, 温岭 with ``other`` and ``other_hidden``. ``stages`` holds one matter in each
status (and in each condition that changes what may be done), all with the same parties:
reporter village · screening, dispatcher town · lead dept2 · assisting market · decides major fire · party firm.
"""

import io
import json
import os
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from anlan.authz.actors import Actor
from anlan.authz.scope import acting
from anlan.hidden_dangers.models import HiddenDanger
from anlan.hidden_dangers.tasks import export_hidden_dangers
from anlan.jobs import api as jobs
from anlan.lib import clock
from anlan.notify.models import Message
from anlan.processes import api as processes
from anlan.register import api as register
from anlan.safeguards import api as safeguards
from anlan.sheets.actions import upload as upload_sheet
from anlan.supervision.actions import list_matter, set_controls
from anlan.territory import api as territory
from tests.database import TestCluster, working_on
from tests.factories.books import book
from tests.factories.cast import PEOPLE, Cast, build_cast
from tests.factories.matters import Matters, in_days, paper, picture, upload

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")

EVERYONE = frozenset({*PEOPLE, "firm", "firm2", "other_firm"})
ANONYMOUS = "anonymous"


def names(text: str) -> frozenset[str]:
    return frozenset(text.split())


SEES = {
    "own": "city county leader special town village firm expert",
    "chem": "city county leader town2 dept market firm2",
    "building": "city county leader town village dept2",
    "hidden": "fire",
    "check": "city county leader town village firm",
    "person": "city county leader town",
    "big": "city county leader special town village fire firm",
    "urban": "city county leader town2",
    "other": "city other other_dept other_firm",
    "other_hidden": "other_dept",
}
SEES_LETTER = {"own": "city county leader special town", "other": "city other other_dept"}
SEES_IMPORT = {"town": "city county town", "other": "city other"}
SEES_ENTERPRISE = {
    "firm": "city county leader dept dept2 fire market special town village firm",
    "firm2": "city county leader dept dept2 fire market special town2 firm2",
    "other_firm": "city other other_dept other_firm",
}
SEES_OBJECT = {
    "own": "city county leader dept dept2 fire market special town village",
    "other": "city other other_dept",
}
SEES_LISTING = {
    "own": "city county leader special town village firm",
    "other": "city other other_dept other_firm",
}
SEES_SAFEGUARD = {
    "own": "city county leader dept dept2 fire market special town town2",
    "other": "city other other_dept",
}
SEES_GRID = {
    "own": "city county leader dept dept2 fire market special town village",
    "other": "city other other_dept",
}

REGION_OF_STAGES = names("city county leader special town village")
DISPATCHED = REGION_OF_STAGES | {"dept2", "market", "firm"}
STAGES = {
    # name: (status, who sees it)
    "registered": ("REGISTERED", REGION_OF_STAGES),
    "registered_proposed": ("REGISTERED", REGION_OF_STAGES | {"fire"}),
    "returned": ("RETURNED_TO_REPORTER", REGION_OF_STAGES),
    "dismissed": ("DISMISSED", REGION_OF_STAGES),
    "merged": ("MERGED", REGION_OF_STAGES),
    "confirmed": ("CONFIRMED", REGION_OF_STAGES),
    "confirmed_proposed": ("CONFIRMED", REGION_OF_STAGES | {"fire"}),
    "dispatched": ("DISPATCHED", DISPATCHED),
    "dispatched_proposed": ("DISPATCHED", DISPATCHED | {"fire"}),
    "rectifying": ("RECTIFYING", DISPATCHED),
    "rectifying_proposed": ("RECTIFYING", DISPATCHED | {"fire"}),
    "rectifying_asked": ("RECTIFYING", DISPATCHED),
    "rectifying_major": ("RECTIFYING", DISPATCHED | {"fire"}),
    "rectifying_major_bare": ("RECTIFYING", DISPATCHED | {"fire"}),
    "suspended": ("SUSPENDED", DISPATCHED),
    "submitted": ("SUBMITTED", DISPATCHED),
    "submitted_major": ("SUBMITTED", DISPATCHED | {"fire"}),
    "accepted": ("ACCEPTED", DISPATCHED),
    "closed": ("CLOSED", DISPATCHED),
    "terminated": ("TERMINATED", DISPATCHED),
}


def canary(key: str, what: str = "FIND") -> str:
    return f"CANARY-{what}-{key.upper().replace('_', '-')}-END"


def text_of(response: Any) -> str:
    """The body as a person would read it."""
    body = getattr(response, "_read_body", None)
    if body is None:
        body = response._read_body = b"".join(response.streaming_content) if response.streaming else response.content
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            body = b"\n".join(archive.read(name) for name in archive.namelist())
    if "json" in response.get("Content-Type", ""):
        return json.dumps(json.loads(body), ensure_ascii=False)
    return body.decode("utf-8", errors="replace") + response.get("Content-Disposition", "")


@dataclass
class World:
    """``matters`` and ``stages`` by key; the rest by the person's name or the matter's key."""

    cast: Cast
    matters: dict[str, HiddenDanger] = field(default_factory=dict)
    stages: dict[str, HiddenDanger] = field(default_factory=dict)
    photos: dict[str, UUID] = field(default_factory=dict)
    uploads: dict[str, list[UUID]] = field(default_factory=dict)
    grids: dict[str, UUID] = field(default_factory=dict)
    objects: dict[str, UUID] = field(default_factory=dict)
    listings: dict[str, UUID] = field(default_factory=dict)
    licences: dict[str, UUID] = field(default_factory=dict)
    safeguards: dict[str, UUID] = field(default_factory=dict)
    grid_members: dict[str, UUID] = field(default_factory=dict)
    grid_officials: dict[str, UUID] = field(default_factory=dict)
    jobs: dict[str, UUID] = field(default_factory=dict)
    imports: dict[str, UUID] = field(default_factory=dict)
    messages: dict[str, UUID] = field(default_factory=dict)
    letters: dict[str, str] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        return self.cast.actors[name]

    def client(self, name: str) -> Client:
        return self.clients[name]

    @property
    def everything(self) -> Actor:
        """The system over the whole city."""
        return self.cast.system("3310")

    def sees(self, key: str) -> frozenset[str]:
        return names(SEES[key]) if key in SEES else STAGES[key][1]

    def hidden_words(self, name: str) -> set[str]:
        """Every word this person may meet nowhere."""
        words: set[str] = set()
        for key, matter in {**self.matters, **self.stages}.items():
            if name not in self.sees(key):
                words |= {canary(key), canary(key, "NOTE"), canary(key, "PHOTO"), matter.number, str(matter.id)}
        for key, who in SEES_GRID.items():
            if name not in names(who):
                words |= {canary(key, "GRID"), canary(key, "HOLDER")}
        for key, who in SEES_LISTING.items():
            if name not in names(who):
                words |= {canary(key, "LEADER"), canary(key, "MEASURES"), canary(key, "CONTROLS")}
        for key, who in SEES_SAFEGUARD.items():
            if name not in names(who):
                words.add(canary(key, "SAFEGUARD"))
        for key in self.licences:
            if name not in names(SEES_ENTERPRISE[key]):
                words.add(canary(key, "LICENCE"))
        words |= {canary(key, "IMPORT") for key, who in SEES_IMPORT.items() if name not in names(who)}
        for key, number in self.letters.items():
            if name not in names(SEES_LETTER[key]):
                words.add(number)
        if name in ("firm", "firm2", "other_firm"):
            words |= {"安达技术", "卫专家"}  # the reporter of ``own``, and the agency behind it
        return words

    def hidden_enterprises(self, name: str) -> set[str]:
        """Names of enterprises this person may meet nowhere but in the list of organisations. A reporter learns who was
        found responsible for what they reported."""
        met = {"firm"} if name == "expert" else set()
        return {
            self.cast.enterprises[key].short_name
            for key, who in SEES_ENTERPRISE.items()
            if name not in names(who) and key not in met
        }


_built: dict[str, World] = {}


@pytest.fixture(name="world", scope="module")
def the_world(django_db_setup: None, django_db_blocker: Any, test_cluster: TestCluster) -> Iterator[World]:
    """The world; its database is Django's while the module runs. Not together with ``transactional_db``."""
    name = f"world_{WORKER}"
    if name not in _built:
        test_cluster.clone(name)
        with working_on(name, django_db_blocker):
            _built[name] = build_world()
    with working_on(name, django_db_blocker):
        yield _built[name]


def build_world(cast: Cast | None = None) -> World:
    with jobs.inline():
        world = World(cast or build_cast())
        builder = _Builder(world)
        with clock.at(clock.now() - timedelta(days=30)):
            builder.old_matters()
        builder.matters()
        builder.stages()
        processes.sweep(world.everything)
        builder.exports()
        builder.grids()
        builder.listings()
        builder.objects()
        builder.imports()
        builder.licences()
        builder.safeguards()
    for name in world.cast.actors:
        world.uploads[name] = [upload(world.actor(name)), upload(world.actor(name), file=paper())]
        world.clients[name] = Client()
        world.clients[name].force_login(world.cast.users[name])
    world.clients[ANONYMOUS] = Client()
    _remember_messages_and_letters(world)
    return world


def _remember_messages_and_letters(world: World) -> None:
    """One message to each organisation, and the numbers of the letters."""
    from anlan.supervision.models import SupervisionLetter

    by_organisation = {actor.organisation_id: name for name, actor in world.cast.actors.items()}
    with acting(world.everything):
        for message in Message.objects.all():
            if message.to_organisation_id in by_organisation:
                world.messages[by_organisation[message.to_organisation_id]] = message.id
        by_matter = {matter.id: key for key, matter in world.matters.items()}
        for letter in SupervisionLetter.objects.all():
            key = by_matter[letter.hidden_danger_id]
            if key in SEES_LETTER:
                world.letters[key] = letter.document_number
    assert set(world.letters) == set(SEES_LETTER)


class _Builder:
    def __init__(self, world: World) -> None:
        self.world = world
        self.cast = world.cast
        self.by = Matters(world.cast)

    def _find(self, key: str, reporter: str, **find: Any) -> HiddenDanger:
        actor = self.world.actor(reporter)
        photo = upload(actor, "BEFORE", SimpleUploadedFile(f"{canary(key, 'PHOTO')}.jpg", picture().read()))
        given = {"description": f"疏散通道堆放纸箱 {canary(key)}", "photo_ids": [photo], **find}
        self.world.photos[key] = photo
        return self.by.registered(actor, **given)

    def _act(self, key: str, matter: HiddenDanger, who: str, verb: str, **payload: Any) -> HiddenDanger:
        if verb in ("confirm", "dispatch", "acknowledge", "accept_rectification", "submit_rectification"):
            payload.setdefault("note", f"意见 {canary(key, 'NOTE')}")
        return self.by.act(self.world.actor(who), matter, verb, **payload)

    def old_matters(self) -> None:
        """Overdue by weeks: each has a letter, and a lead against its enterprise."""
        place = self.cast.regions["331082001001"].id  # an expert sees no sites
        own = self._find("own", "expert", source="AGENCY_CHECK", site_id=None, region_id=place, place="一车间东侧")
        party = {"id": self.cast.enterprises["firm"].id}
        self._act("own", own, "town", "confirm", cause="STATE", clause="消防法第二十八条", responsible_party=party)
        self._act("own", own, "town", "dispatch", lead=self._organisation("village"), due_on=in_days(5))
        self.world.matters["own"] = self._act("own", own, "village", "acknowledge")
        site = self.cast.sites["other_firm"].id
        other = self._find("other", "other", site_id=site, sector="INDUSTRY")
        self._act("other", other, "other", "confirm", cause="ACT")
        self._act("other", other, "other", "dispatch", lead=self._organisation("other_dept"), due_on=in_days(5))
        self.world.matters["other"] = self._act("other", other, "other_dept", "acknowledge")

    def matters(self) -> None:
        keep = self.world.matters
        firm2 = self.cast.sites["firm2"].id
        chem = self._find("chem", "town2", site_id=firm2, sector="HAZARDOUS_CHEMICALS")
        self._act("chem", chem, "town2", "confirm", cause="STATE")
        to = {"lead": self._organisation("dept"), "assisting": [self._organisation("market")], "due_on": in_days(9)}
        keep["chem"] = self._act("chem", chem, "town2", "dispatch", **to)
        keep["building"] = self._find("building", "dept2", sector="CONSTRUCTION")
        keep["hidden"] = self._find("hidden", "fire", source="UNANNOUNCED_CHECK")
        keep["check"] = self._find("check", "firm", source="SELF_CHECK", sector="INDUSTRY")
        place = self.cast.regions["331082001002"].id
        person = self._find("person", "town", site_id=None, region_id=place, place="井头桥边", sector="OTHER")
        self._act(
            "person", person, "town", "confirm", cause="ACT", responsible_party={"kind": "PERSON", "name": "张三"}
        )
        keep["person"] = self._act(
            "person", person, "town", "dispatch", lead=self._organisation("town"), due_on=in_days(2)
        )
        big = self._find("big", "village", source="GRID_PATROL")
        keep["big"] = self._rectifying_major("big", big, lead="village")
        keep["urban"] = self._find("urban", "city", source="CITY_SUPERVISION", site_id=firm2, sector="INDUSTRY")
        site = self.cast.sites["other_firm"].id
        keep["other_hidden"] = self._find("other_hidden", "other_dept", site_id=site, source="UNANNOUNCED_CHECK")

    def _rectifying_major(self, key: str, matter: HiddenDanger, lead: str) -> HiddenDanger:
        self._act(key, matter, "town", "propose_major", reason=f"疑似 {canary(key, 'NOTE')}")
        self._act(key, matter, "fire", "confirm_major", clause="判定标准第三条", cause="STATE")
        to = {"lead": self._organisation(lead), "due_on": in_days(20)}
        if lead == "dept2":
            to["assisting"] = [self._organisation("market")]
        self._act(key, matter, "town", "dispatch", **to)
        return self._act(key, matter, lead, "acknowledge")

    def stages(self) -> None:
        for key, (status, _) in STAGES.items():
            matter = self._stage(key)
            assert matter.status == status, (key, matter.status)
            self.world.stages[key] = matter

    def _stage(self, key: str) -> HiddenDanger:
        return self._to_stage(key, self._find(key, "village", source="GRID_PATROL"))

    def _to_stage(self, key: str, matter: HiddenDanger) -> HiddenDanger:
        def act(who: str, verb: str, **payload: Any) -> HiddenDanger:
            return self._act(key, matter, who, verb, **payload)

        base, _, more = key.partition("_")
        if base == "merged":
            return self._force(matter, status="MERGED", ended_at=clock.now())
        if base == "returned":
            return act("town", "return_to_reporter", reason="看不清")
        if base == "dismissed":
            return act("town", "dismiss", reason="误报")
        if base == "registered":
            return act("town", "propose_major", reason="疑似") if more else matter
        if more.startswith("major"):
            matter = self._rectifying_major(key, matter, "dept2")
            if more == "major_bare":
                return matter
            five = {"plan": "分隔", "due_on": in_days(10), "person": "韩", "funds_cny": 1, "measures": "停用"}
            matter = act("firm", "fill_five", **five)
            return self._submit(key, matter) if base == "submitted" else matter
        matter = act("town", "confirm", cause="STATE", clause="消防法第二十八条")
        if base == "confirmed":
            return act("town", "propose_major", reason="疑似") if more else matter
        to = {"lead": self._organisation("dept2"), "assisting": [self._organisation("market")], "due_on": in_days(7)}
        matter = act("town", "dispatch", **to)
        if base == "dispatched":
            return act("town", "propose_major", reason="疑似") if more else matter
        matter = act("dept2", "acknowledge")
        if base == "terminated":
            return act("town", "terminate", reason="企业已关闭")
        if base == "rectifying":
            if more == "proposed":
                return act("town", "propose_major", reason="疑似")
            if more == "asked":
                return act("firm", "request_suspension", controls="停用", review_on=in_days(10))
            return matter
        if base == "suspended":
            act("firm", "request_suspension", controls="停用", review_on=in_days(10))
            return act("town", "approve_suspension")
        matter = self._submit(key, matter)
        if base == "submitted":
            return matter
        matter = act("town", "accept_rectification")
        return self._force(matter, status="ACCEPTED", ended_at=None) if base == "accepted" else matter

    def _submit(self, key: str, matter: HiddenDanger) -> HiddenDanger:
        return self._act(key, matter, "firm", "submit_rectification", photos=[upload(self.cast.firm, "AFTER")])

    def _force(self, matter: HiddenDanger, **columns: Any) -> HiddenDanger:
        """Into a status no act leaves a matter in yet."""
        with acting(self.cast.town):
            HiddenDanger.objects.filter(id=matter.id).update(**columns)
            found: HiddenDanger = HiddenDanger.objects.get(id=matter.id)
        return found

    def grids(self) -> None:
        """One village grid here and one in the county next door, each with a person and a 包保人."""
        for key, who, code, level in (
            ("own", "town", "331082001001", "VILLAGE"),
            ("other", "other", "331081001", "TOWNSHIP"),
        ):
            with acting(self.world.actor(who)) as actor:
                facts = territory.GridFacts(name=canary(key, "GRID"), level=level, region_id=self.cast.regions[code].id)
                grid = territory.establish_grid(actor=actor, facts=facts)
                person = territory.PersonInPost(name=canary(key, "HOLDER"), phone="13900000000")
                post = territory.Appointment(person=person, post="GRID_LEADER", valid_from=clock.today())
                member = territory.appoint_member(actor=actor, grid_id=grid.id, appointment=post)
                named = register.OfficialFacts(person=person)
                official = register.name_official(actor=actor, grid_id=grid.id, facts=named)
            self.world.grids[key] = grid.id
            self.world.grid_members[key] = member.id
            self.world.grid_officials[key] = official.id

    def objects(self) -> None:
        """One object besides enterprises here and one in the county next door."""
        for key, who, code in (("own", "town", "331082001001"), ("other", "other", "331081001")):
            with acting(self.world.actor(who)) as actor:
                facts = register.ObjectFacts(
                    kind="BRIDGE", name=canary(key, "OBJECT"), address="灵湖路", region_id=self.cast.regions[code].id
                )
                self.world.objects[key] = register.register_object(actor=actor, facts=facts).id

    def licences(self) -> None:
        """One licence here and one in the county next door."""
        for key, who in (("firm", "county"), ("other_firm", "other")):
            with acting(self.world.actor(who)) as actor:
                facts = register.LicenceFacts(
                    kind="SAFETY_PRODUCTION",
                    number=canary(key, "LICENCE"),
                    valid_from=in_days(-100),
                    valid_to=in_days(300),
                )
                licence = register.register_licence(
                    actor=actor, enterprise_id=self.cast.enterprises[key].id, facts=facts
                )
            self.world.licences[key] = licence.id

    def safeguards(self) -> None:
        """One event here, of a county's matters, and one next door."""
        for key, who, code in (("own", "county", "331082"), ("other", "other", "331081")):
            with acting(self.world.actor(who)) as actor:
                facts = safeguards.EventFacts(name=canary(key, "SAFEGUARD"), opens_on=in_days(20))
                region = self.cast.regions[code].id
                event = safeguards.establish_event(actor=actor, region_id=region, facts=facts)
                matters = [self.world.matters[key].id]
                safeguards.guard_matters(actor=actor, event_id=event.id, hidden_danger_ids=matters)
            self.world.safeguards[key] = event.id

    def listings(self) -> None:
        """One matter here and one in the county next door, each listed by its 安委办 and held down by its party."""
        for key, who, party in (("own", "county", "firm"), ("other", "other", "other_firm")):
            with acting(self.world.actor(who)) as actor:
                listing = list_matter(
                    actor=actor,
                    hidden_danger_id=self.world.matters[key].id,
                    due_on=in_days(30),
                    leader=canary(key, "LEADER"),
                )
            with acting(self.world.actor(party)) as actor:
                set_controls(
                    actor=actor,
                    listing_id=listing.id,
                    measures=canary(key, "MEASURES"),
                    holder=canary(key, "CONTROLS"),
                    check_on=in_days(30),
                )
            self.world.listings[key] = listing.id

    def exports(self) -> None:
        for name in sorted(EVERYONE - names("village firm firm2 other_firm expert")):
            actor = self.world.actor(name)
            with acting(actor):
                self.world.jobs[name] = jobs.start(
                    actor=actor, work=export_hidden_dangers, title=f"导出 {canary(name, 'JOB')}", query={}
                ).id

    def imports(self) -> None:
        """A file each, uploaded and not yet imported."""
        for name in ("town", "other"):
            actor = self.world.actor(name)
            with acting(actor):
                file = book(["企业名称"], [f"{canary(name, 'IMPORT')}厂"], name=f"{canary(name, 'IMPORT')}.xlsx")
                entry = upload_sheet(actor=actor, kind_code="enterprises", file=file)
                self.world.imports[name] = entry.id

    def _organisation(self, name: str) -> UUID:
        organisation_id = self.world.actor(name).organisation_id
        assert organisation_id is not None
        return organisation_id
