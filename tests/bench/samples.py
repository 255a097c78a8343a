"""What is asked of the site, and of the bare server."""

import http.client
import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import django

from tests.bench.load import Request, request

LIST = "/api/v1/hidden-dangers"
OPEN_AND_LATE = f"{LIST}?page_size=50&state=open"
ITEMS = 10
SPARE = 8
"""So many subjects of an act are left to the workers of the bare server."""


@dataclass
class Sample:
    """One kind of request: as the bare server takes it down, and an endless supply of others like it."""

    name: str
    method: str
    path: str
    headers: Mapping[str, str]
    body: dict[str, Any] | None = None
    subjects: list[str] = field(default_factory=list)
    """Ids to go through; ``path`` has the first. Those of an act are used up."""
    expects: tuple[int, ...] = (200,)
    per_second: float | None = None
    share: float | None = None

    def spec(self) -> dict[str, Any]:
        """For the bare server's environment; ``tries`` are paths, each with its subject."""
        tries = [(self._path(one), one) for one in self.subjects[:SPARE]] or [(self.path, None)]
        return {"method": self.method, "headers": dict(self.headers), "body": self.body, "tries": tries}

    def _path(self, subject: str) -> str:
        return self.path.replace(self.subjects[0], subject) if self.subjects else self.path

    def requests(self, subjects: Iterator[str], *, bare: bool) -> Iterator[Request]:
        body = json.dumps(self.body).encode() if self.body is not None else b""
        for subject in subjects:
            told = {"X-Sample": self.name, "X-Subject": subject} if bare else {}
            yield request(
                self.method, self._path(subject), {**self.headers, **told}, body, self._is_right(subject, bare=bare)
            )

    def _is_right(self, subject: str, *, bare: bool) -> Callable[[int, bytes], bool]:
        if bare:
            return lambda status, body: status == 200 and len(body) > 0
        wanted = subject.encode() if self.subjects else b""
        return lambda status, body: status in self.expects and wanted in body


def samples(port: int, *, acts: int) -> dict[str, Sample]:
    """By name. ``acts``: so many matters are registered anew, each to be confirmed once."""
    django.setup()
    site = _Site(port)
    county, town, dept = (site.token(name) for name in ("county", "town", "dept"))
    read = [one["id"] for one in site.get(f"{LIST}?page_size=200", county)["items"]]
    cookie = site.cookie("county")
    confirm = {"verb": "confirm", "cause": "STATE", "note": "属实"}
    made = [
        Sample("read one", "GET", f"{LIST}/{read[0]}", county, subjects=read, per_second=600, share=0.6),
        Sample("list of 50", "GET", OPEN_AND_LATE, county, per_second=360, share=0.5),
        Sample(
            "check of ten items",
            "POST",
            "/api/v1/checks",
            dept,
            site.check(dept),
            expects=(201,),
            per_second=130,
            share=0.4,
        ),
        Sample("overview", "GET", "/oversight/", cookie),
        Sample("desk", "GET", "/", cookie),
        Sample("case page", "GET", f"/hidden-dangers/{read[0]}/", cookie, subjects=read),
        Sample("list page", "GET", "/hidden-dangers/?state=open", cookie),
    ]
    new = [site.registered(town) for _ in range(acts)]
    act = Sample("transition", "POST", f"{LIST}/{new[0]}/transitions", town, confirm, subjects=new, share=0.4)
    return {one.name: one for one in [*made, act]}


class _Site:
    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def token(self, name: str) -> Mapping[str, str]:
        from django.core.management import call_command

        told = io.StringIO()
        call_command("token", name, stdout=told)
        return {"Authorization": f"Bearer {told.getvalue().split()[-1]}"}

    def cookie(self, name: str) -> Mapping[str, str]:
        from django.test import Client

        from anlan.authz.models import User

        client = Client()
        client.force_login(User.objects.get(username=name))
        return {"Cookie": f"anlan_session={client.cookies['anlan_session'].value}"}

    def get(self, path: str, headers: Mapping[str, str]) -> Any:
        return self._ask("GET", path, headers)

    def check(self, headers: Mapping[str, str]) -> dict[str, Any]:
        """An administrative inspection by the list with the number of items nearest to ten, all in order."""
        lists = self.get("/api/v1/checklists", headers)["items"]
        chosen = min(lists, key=lambda one: abs(len(one["items"]) - ITEMS))
        site = self.get("/api/v1/sites?page_size=1", headers)["items"][0]
        return {
            "act_class": "ADMINISTRATIVE_INSPECTION",
            "site": site["id"],
            "checklist_version": chosen["id"],
            "officers": [
                {"name": "王应急", "certificate_no": "331082001"},
                {"name": "李应急", "certificate_no": "331082002"},
            ],
            "inspection_kind": "ROUTINE",
            "plan_reference": "年度检查计划",
            "arrival": "HAND_OVER",
            "no_scan_reason": "企业尚未申领码",
            "told_to": "韩安全",
            "answers": [_in_order(item) for item in chosen["items"]],
        }

    def registered(self, headers: Mapping[str, str]) -> str:
        """A matter more at the first site, waiting to be confirmed."""
        if not hasattr(self, "_site"):
            self._site = self.get("/api/v1/sites?page_size=1", headers)["items"][0]["id"]
        find = {"description": "疏散通道堆放纸箱", "source": "GRASSROOTS_CHECK", "site": self._site, "place": "东侧"}
        return str(UUID(self._ask("POST", LIST, headers, find)["id"]))

    def _ask(self, method: str, path: str, headers: Mapping[str, str], body: Any = None) -> Any:
        sent = {**headers, "Content-Type": "application/json"}
        self.connection.request(method, path, json.dumps(body) if body is not None else None, sent)
        answer = self.connection.getresponse()
        content = answer.read()
        assert answer.status < 300, (path, content.decode()[:500])
        return json.loads(content)


def _in_order(item: dict[str, Any]) -> dict[str, Any]:
    if item["answer_kind"]["code"] == "NUMBER":
        return {"item": item["number"], "number": 1}
    return {"item": item["number"], "answer": "PASS"}
