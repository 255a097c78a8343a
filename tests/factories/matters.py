"""Matters brought into a state by driving the real actions (DESIGN §15)."""

import io
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from anlan.authz.actors import Actor
from anlan.authz.scope import acting
from anlan.files import api as files
from anlan.hidden_dangers import api as loop
from anlan.hidden_dangers.api import HiddenDanger
from anlan.lib import clock
from tests.factories.cast import Cast


def picture(colour: tuple[int, int, int] = (200, 120, 40)) -> SimpleUploadedFile:
    """A small JPEG upload."""
    out = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(out, "JPEG")
    return SimpleUploadedFile("现场.jpg", out.getvalue(), content_type="image/jpeg")


def paper() -> SimpleUploadedFile:
    return SimpleUploadedFile("自验报告.pdf", b"%PDF-1.4\n%%EOF\n", content_type="application/pdf")


def upload(actor: Actor, kind: str = "OTHER", file: SimpleUploadedFile | None = None) -> UUID:
    with acting(actor):
        return files.store(actor=actor, upload=file or picture(), kind=kind).id


@dataclass
class Matters:
    """``cast.town`` finds it at ``firm``'s site, screens, dispatches to itself or to another, unless told otherwise."""

    cast: Cast

    def act(self, actor: Actor, matter: HiddenDanger, verb: str, **payload: Any) -> HiddenDanger:
        with acting(actor):
            return loop.act(actor, matter.id, verb, **payload)

    def registered(self, actor: Actor | None = None, **find: Any) -> HiddenDanger:
        actor = actor or self.cast.town
        given: dict[str, Any] = {
            "description": "疏散通道堆放纸箱",
            "source": loop.Source.GRASSROOTS_CHECK,
            "site_id": self.cast.sites["firm"].id,
            "sector": "FIRE",
        }
        with acting(actor):
            return loop.register(actor=actor, find=loop.Find(**{**given, **find}))

    def confirmed(self, actor: Actor | None = None, **find: Any) -> HiddenDanger:
        matter = self.registered(actor, **find)
        return self.act(actor or self.cast.town, matter, "confirm", cause="STATE", clause="消防法第二十八条")

    def dispatched(
        self, lead: Actor | None = None, due_in: int = 7, actor: Actor | None = None, **find: Any
    ) -> HiddenDanger:
        actor, lead = actor or self.cast.town, lead or self.cast.village
        matter = self.confirmed(actor, **find)
        return self.act(actor, matter, "dispatch", lead=lead.organisation_id, due_on=in_days(due_in))

    def rectifying(self, lead: Actor | None = None, **more: Any) -> HiddenDanger:
        lead = lead or self.cast.village
        return self.act(lead, self.dispatched(lead, **more), "acknowledge")

    def submitted(self, **more: Any) -> HiddenDanger:
        matter = self.rectifying(**more)
        photo = upload(self.cast.firm, "AFTER")
        return self.act(self.cast.firm, matter, "submit_rectification", note="已清理", photos=[photo])

    def closed(self, **more: Any) -> HiddenDanger:
        return self.act(self.cast.town, self.submitted(**more), "accept_rectification", note="已到位")

    def major(self) -> HiddenDanger:
        """Confirmed as 重大 by the fire brigade, dispatched by the township to the village, acknowledged."""
        matter = self.registered()
        self.act(self.cast.town, matter, "propose_major", reason="住宿与车间同楼")
        self.act(self.cast.fire, matter, "confirm_major", clause="判定标准第三条", cause="STATE")
        self.act(self.cast.town, matter, "dispatch", lead=self.cast.village.organisation_id, due_on=in_days(20))
        return self.act(self.cast.village, matter, "acknowledge")


def in_days(days: int) -> date:
    return clock.today() + timedelta(days=days)
