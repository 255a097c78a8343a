"""Every route × every method × every subject × everybody: the right answer, and no word of what they may not read.

The resolver and the API are walked; a route or a method that is not in ``ROUTES`` fails, and so does one in ``ROUTES``
that is gone. What each person may and sees is written down here and in ``tests.factories.world`` by hand.
The verbs have a matrix of their own (``test_verb_matrix``).
"""

import copy
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver
from django.urls.resolvers import URLResolver

from anlan.http.api import is_declared
from tests.factories.matters import in_days, picture
from tests.factories.world import (
    ANONYMOUS,
    EVERYONE,
    SEES,
    SEES_ENTERPRISE,
    SEES_GRID,
    SEES_LISTING,
    SEES_OBJECT,
    SEES_SAFEGUARD,
    World,
    names,
    text_of,
    the_world,  # noqa: F401 - the fixture
)

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
ANYBODY = EVERYONE | {ANONYMOUS}
CHECK = EVERYONE - {"leader"}
KEEP_REGISTER = names("city county dept dept2 fire market town town2 other other_dept")
FIRMS = names("firm firm2 other_firm")
MERGE = names("city county other")
KEEP_GRIDS = names("city county town town2 other")
SCREEN = KEEP_REGISTER | {"special"}
EXPORT = SCREEN | {"leader"}
FIRMS = names("firm firm2 other_firm")
SEE_LISTINGS = EVERYONE - {"expert"}
COUNTY = EVERYONE - names("other other_dept other_firm")
SIGN = EVERYONE - names("dept dept2 fire market special expert other_dept")
GOVERNMENT = COUNTY - names("firm firm2 expert")

SAFEGUARD = names("city county leader town town2 other")
SEE_SAFEGUARDS = SAFEGUARD | names("dept dept2 fire market special other_dept")

SUBJECTS: dict[str, dict[str, frozenset[str]]] = {
    # kind of record in the address: which one → who finds it
    "": {"": ANYBODY},
    "nobody's": {"": frozenset()},
    "matter": {key: names(who) for key, who in SEES.items()},
    "enterprise": {key: names(who) for key, who in SEES_ENTERPRISE.items()},
    "photo": {
        **{key: names(SEES[key]) for key in ("own", "chem", "hidden", "check", "other", "other_hidden")},
        **{f"upload of {one}": names(one) for one in ("town", "firm")},
    },
    "job": {one: names(one) for one in ("county", "town", "other")},
    "message": {one: names(one) for one in ("town", "firm", "village", "other", "dept2")},
    "grant": {one: names(one) for one in ("county", "firm", "other")},
    "account": {"village": names("city county town"), "other_dept": names("city other")},
    "import": {"town": names("city county town"), "other": names("city other")},
    "grid": {key: names(who) for key, who in SEES_GRID.items()},
    "object": {key: names(who) for key, who in SEES_OBJECT.items()},
    "listing": {key: names(who) for key, who in SEES_LISTING.items()},
    "safeguard": {key: names(who) for key, who in SEES_SAFEGUARD.items()},
    "licence": {key: names(SEES_ENTERPRISE[key]) for key in ("firm", "other_firm")},
    "region": {"331082001": ANYBODY, "331081": ANYBODY},
    "indicator": {"bounce_rate": ANYBODY, "findings_per_check": ANYBODY, "on_time_rate": ANYBODY},
    "organisation": {
        "临海应急局": COUNTY,
        "文化社区": COUNTY,
        "江南机械": GOVERNMENT | {"firm"},
        "安达技术": GOVERNMENT | {"expert"},
        "温岭应急局": names("city other other_dept other_firm"),
        "太平鞋业": names("city other other_dept other_firm"),
        "台州市安委办": names("city"),
    },
}  # fmt: skip

Body = Callable[[World, str, str], dict[str, Any]]


@dataclass(frozen=True)
class Op:
    """``may``: whose role has it. ``ok``: what is answered to those who may and find the subject."""

    may: frozenset[str] = EVERYONE
    subject: str = ""
    ok: tuple[int, ...] = (200,)
    query: str = ""
    body: Body = lambda world, who, key: {}
    names_enterprises: bool = False
    """Whether organisations of enterprises outside the actor's register may be offered (choice of an organisation)."""


def _new_enterprise(world: World, who: str, key: str) -> dict[str, Any]:
    return {"name": "新登记的企业", "region": _region_code(world, who)}


def _new_site(world: World, who: str, key: str) -> dict[str, Any]:
    code = {"firm": "331082001001", "firm2": "331082002001", "other_firm": "331081001"}[key]
    return {"name": "新厂区", "address": "工业路 2 号", "region": code}


def _into_nobody(world: World, who: str, key: str) -> dict[str, Any]:
    return {"into": str(UUID(int=0)), "reason": "同一家"}


def _than_nobody(world: World, who: str, key: str) -> dict[str, Any]:
    return {"other": str(UUID(int=0))}


def _confirmed(world: World, who: str, key: str) -> dict[str, Any]:
    return {"enterprises": [str(world.cast.enterprises[key].id)]}


def _new_licence(world: World, who: str, key: str) -> dict[str, Any]:
    return {"kind": "GAS_TRADE", "number": "燃 8", "valid_from": "2026-01-01"}


def _tagged_site(world: World, who: str, key: str) -> dict[str, Any]:
    return {"sites": [str(world.cast.sites[key].id)], "kind": "CONFINED_SPACE", "note": "停用"}


def _new_object(world: World, who: str, key: str) -> dict[str, Any]:
    return {"kind": "BRIDGE", "name": "灵湖桥", "address": "灵湖路", "region": _region_code(world, who)}


def _no_evidence(world: World, who: str, key: str) -> dict[str, Any]:
    return {"reason": "依法关闭", "since_on": "2026-01-01", "files": []}


def _no_papers(world: World, who: str, key: str) -> dict[str, Any]:
    return {"to_status": "CLOSED", **_no_evidence(world, who, key)}


def _own_yard(world: World, who: str, key: str) -> dict[str, Any]:
    """Renting from oneself, which is refused."""
    return {"landlord": str(world.cast.enterprises[key].id), "valid_from": "2026-01-01"}


def _find(world: World, who: str, key: str) -> dict[str, Any]:
    sources = {"firm": "SELF_CHECK", "firm2": "SELF_CHECK", "other_firm": "SELF_CHECK", "expert": "AGENCY_CHECK"}
    find = {"description": "配电箱无盖", "source": sources.get(who, "GRASSROOTS_CHECK"), "place": "东侧"}
    region = world.cast.regions[_region_code(world, who)]
    return {**find, "region": str(region.id)}


def _visit(world: World, who: str, key: str) -> dict[str, Any]:
    if who in FIRMS:
        return {"act_class": "SELF_CHECK", "site": str(world.cast.sites[who].id)}
    region = world.cast.regions[_region_code(world, who)]
    return {"act_class": "PATROL", "region": str(region.id), "place": "东侧"}


def _region_code(world: World, who: str) -> str:
    """A township or village this person works in."""
    if who in ("other", "other_dept", "other_firm"):
        return "331081001"
    return "331082002001" if who in ("town2", "firm2") else "331082001001"


def _new_grid(world: World, who: str, key: str) -> dict[str, Any]:
    code = _region_code(world, who)
    return {"name": "新网格", "region": code, "level": "TOWNSHIP" if len(code) == 9 else "VILLAGE"}


def _nobodys_matter(world: World, who: str, key: str) -> dict[str, Any]:
    return {"hidden_danger": str(UUID(int=0)), "due_on": in_days(9).isoformat(), "leader": "林副县长"}


def _post_holder(world: World, who: str, key: str) -> dict[str, Any]:
    return {"name": "新人", "phone": "13900000009", "post": "GRID_MEMBER"}


def _grid_sites(world: World, who: str, key: str) -> dict[str, Any]:
    site = world.cast.sites["firm" if key == "own" else "other_firm"]
    return {"sites": [str(site.id)]}


def _grid_sites_out(world: World, who: str, key: str) -> dict[str, Any]:
    return {**_grid_sites(world, who, key), "reason": "搬迁"}


def _grid_objects(world: World, who: str, key: str) -> dict[str, Any]:
    return {"objects": [str(world.objects[key])]}


def _grid_objects_out(world: World, who: str, key: str) -> dict[str, Any]:
    return {**_grid_objects(world, who, key), "reason": "划归邻村"}


def _no_objects(world: World, who: str, key: str) -> dict[str, Any]:
    return {"objects": [str(UUID(int=0))]}


def _grid_charge(world: World, who: str, key: str) -> dict[str, Any]:
    to = {"name": "新人", "phone": "13900000009"}
    return {"of": str(world.grid_members[key]), "to": to, "reason": "调任", "dry_run": True}


def _urging(world: World, who: str, key: str) -> dict[str, Any]:
    return {"verb": "urge", "ids": [str(UUID(int=0))]}


def _signature(world: World, who: str, key: str) -> dict[str, Any]:
    return {"period": "2026-01", "signatory": "分管"}


def _new_event(world: World, who: str, key: str) -> dict[str, Any]:
    region = {"town": "331082001", "town2": "331082002", "other": "331081"}.get(who, "331082")
    return {"name": "山水节", "region": region, "opens_on": "2030-05-01"}


def _guarded(world: World, who: str, key: str) -> dict[str, Any]:
    return {"hidden_dangers": [str(world.matters[key].id)]}


def _page(may: frozenset[str] = EVERYONE, subject: str = "", **more: Any) -> dict[str, Op]:
    return {"GET": Op(may, subject, **more)}


def _post(may: frozenset[str] = EVERYONE, subject: str = "", **more: Any) -> dict[str, Op]:
    return {"POST": Op(may, subject, **{"ok": (302,), **more})}


def _form(may: frozenset[str], subject: str = "", **more: Any) -> dict[str, Op]:
    """A form sent empty comes back with what is wrong."""
    return {"GET": Op(may, subject, **more), "POST": Op(may, subject, **{"ok": (200, 422), **more})}


def _steps(subject: str = "") -> dict[str, Op]:
    """allauth's steps, each of which leads to another one first."""
    return {method: Op(EVERYONE, subject, ok=(302,)) for method in METHODS[:2]}


ROUTES: dict[str, dict[str, Op]] = {
    "healthz": _page(ANYBODY, ok=(200, 503)),
    "": _page(),
    "search": _page(query="q=CANARY"),
    "map/": _page(),
    "map/data/": _page(),
    "map/print/": _page(),
    "hidden-dangers/": _page(query="status=REGISTERED&status=CLOSED&status=RECTIFYING&q=CANARY", names_enterprises=True),
    "hidden-dangers/{hidden_danger_id}/": _page(subject="matter"),
    "hidden-dangers/{hidden_danger_id}/findings/": {
        "GET": Op(subject="matter", ok=(200, 403, 409)), "POST": Op(subject="matter", ok=(200, 303, 403, 409))},
    # of a matter's own findings see tests/integration/test_rule_findings.py
    "hidden-dangers/{hidden_danger_id}/findings/{finding_id}/": _page(subject="matter", ok=(404,)),
    "hidden-dangers/export": _post(EXPORT),
    "hidden-dangers/register": _form(EVERYONE, names_enterprises=True),
    "hidden-dangers/bulk/{verb}": _post(EXPORT, ok=(200,)),
    "hidden-dangers/places": _page(EVERYONE, query="q=厂"),
    "hidden-dangers/parties": _page(SCREEN, query="q=公司"),
    "hidden-dangers/{hidden_danger_id}/comment": _post(EVERYONE, "matter", ok=(303,),
                                                       body=lambda world, who, key: {"note": "知道了"}),
    "hidden-dangers/{hidden_danger_id}/{verb}": {
        # an empty form: 200 shows what is missing or why it is refused
        "GET": Op(subject="matter", ok=(200, 403, 409), names_enterprises=True),
        "POST": Op(subject="matter", ok=(200,), names_enterprises=True),
    },
    "enterprises/": _page(query="q=公司"),
    "enterprises/register/": _form(KEEP_REGISTER),
    "enterprises/industry-options/": _page(query="industry=33"),
    "enterprises/{enterprise_id}/": _page(subject="enterprise"),
    "enterprises/{enterprise_id}/dossier/": _page(subject="enterprise"),
    "enterprises/{enterprise_id}/edit/": _form(KEEP_REGISTER, "enterprise"),
    "enterprises/{enterprise_id}/open-organisation/": _post(KEEP_REGISTER, "enterprise", ok=(409,)),
    "enterprises/{enterprise_id}/sites/register/": _form(KEEP_REGISTER, "enterprise"),
    "enterprises/sites/{site_id}/inspections/": _page(subject="enterprise"),
    "enterprises/sites/{site_id}/edit/": _form(KEEP_REGISTER, "enterprise"),
    "enterprises/{enterprise_id}/history/": _page(subject="enterprise"),
    "enterprises/{enterprise_id}/set-status/": _form(KEEP_REGISTER, "enterprise"),
    "enterprises/{enterprise_id}/request-resumption/": _form(KEEP_REGISTER | FIRMS, "enterprise", ok=(200, 409)),
    "enterprises/sites/{site_id}/set-status/": _form(KEEP_REGISTER, "enterprise"),
    "enterprises/sites/{site_id}/request-resumption/": _form(KEEP_REGISTER | FIRMS, "enterprise", ok=(200, 409)),
    "enterprises/sites/{site_id}/transfer/": _form(KEEP_REGISTER, "enterprise", ok=(200, 409)),
    "enterprises/sites/{site_id}/tenancies/register/": _form(KEEP_REGISTER, "enterprise"),
    "enterprises/tenancies/{tenancy_id}/end/": _form(KEEP_REGISTER, "nobody's"),
    "enterprises/status-changes/{change_id}/": _page(subject="nobody's"),
    "enterprises/status-changes/{change_id}/accept/": _form(KEEP_REGISTER, "nobody's"),
    "enterprises/status-changes/{change_id}/refuse/": _form(KEEP_REGISTER, "nobody's"),
    "enterprises/sites/": _page(query="q=厂"),
    "enterprises/sites/export/": _post(),
    "enterprises/sites/tag/": _form(KEEP_REGISTER, ok=(200,)),
    "enterprises/sites/untag/": _form(KEEP_REGISTER, ok=(200,)),
    "enterprises/export/": _post(),
    "enterprises/confirm-unchanged/": _post(KEEP_REGISTER),
    "enterprises/duplicates/": _page(MERGE),
    "enterprises/{enterprise_id}/mark-distinct/": _post(MERGE, "enterprise"),
    "enterprises/{enterprise_id}/merge/": _form(MERGE, "enterprise"),
    "enterprises/sites/{site_id}/mark-distinct/": _post(MERGE, "enterprise"),
    "enterprises/sites/{site_id}/merge/": _form(MERGE, "enterprise"),
    "enterprises/licences/": _page(query="q=公司"),
    "enterprises/licences/export/": _post(),
    "enterprises/licences/{licence_id}/": _page(subject="licence"),
    "enterprises/licences/{licence_id}/renew/": _form(KEEP_REGISTER, "licence"),
    "enterprises/licences/{licence_id}/correct/": _form(KEEP_REGISTER, "licence"),
    "enterprises/licences/{licence_id}/cancel/": _form(KEEP_REGISTER, "licence"),
    "enterprises/{enterprise_id}/licences/register/": _form(KEEP_REGISTER, "enterprise"),
    "enterprises/transfers/": _page(),
    "enterprises/transfers/{transfer_id}/": _page(subject="nobody's"),
    "enterprises/transfers/{transfer_id}/confirm/": _form(KEEP_REGISTER, "nobody's"),
    "enterprises/transfers/{transfer_id}/refuse/": _form(KEEP_REGISTER, "nobody's"),
    "enterprises/transfers/{transfer_id}/withdraw/": _form(KEEP_REGISTER, "nobody's"),
    "checks/": _page(query="q=公司"),
    "checks/export": _post(EXPORT),
    "checks/unchecked": _page(query="q=厂"),
    "checks/unchecked/export": _post(),
    "checks/unpatrolled": _page(query="q=网格"),
    "checks/begin": _form(CHECK - FIRMS, names_enterprises=True),
    "checks/self-check": _form(FIRMS, names_enterprises=True),
    "checks/filings": _page(EXPORT),
    "checks/filings/draw": _post(names("town town2")),
    "checks/filings/verify/{sample_item_id}": _post(names("town town2"), "nobody's"),
    "checks/findings/{finding_id}/close-inside": _post(FIRMS, "nobody's"),
    "checks/findings/{finding_id}/hand-over": _post(subject="nobody's"),
    "checks/{check_id}/": _page(subject="nobody's"),
    "checks/{check_id}/fill": _form(EVERYONE, "nobody's"),
    "checks/{check_id}/draft": _post(subject="nobody's"),
    "checks/{check_id}/photos/{slot}": _post(subject="nobody's"),
    "checks/{check_id}/print": _page(subject="nobody's"),
    "checks/{check_id}/rate": _post(FIRMS, "nobody's"),
    "checks/{check_id}/void": _post(CHECK, "nobody's"),
    "listings/": _page(SEE_LISTINGS, query="state=open"),
    "listings/open/{hidden_danger_id}": _form(EXPORT, "matter", ok=(200, 409)),
    "listings/{listing_id}/": _page(SEE_LISTINGS, "listing"),
    "listings/{listing_id}/{verb}": _form(SEE_LISTINGS, "listing", ok=(200,)),
    "safeguards/": _page(SEE_SAFEGUARDS),
    "safeguards/new": _form(SAFEGUARD),
    "safeguards/{event_id}/": _page(SEE_SAFEGUARDS, "safeguard"),
    "safeguards/{event_id}/print": _page(SEE_SAFEGUARDS, "safeguard"),
    "safeguards/{event_id}/export": _post(SEE_SAFEGUARDS, "safeguard"),
    # a township sees the county's event and may not change it: 403
    "safeguards/{event_id}/edit": _form(SAFEGUARD, "safeguard", ok=(200, 403, 422)),
    "safeguards/{event_id}/conclude": _form(SAFEGUARD, "safeguard", ok=(200, 303, 403)),
    "safeguards/{event_id}/reopen": _post(SAFEGUARD, "safeguard", ok=(303, 403)),
    "safeguards/{event_id}/guard-numbers": _form(SAFEGUARD, "safeguard", ok=(200, 403, 422)),
    "safeguards/{event_id}/guard-registered": _form(SAFEGUARD, "safeguard", ok=(200, 403, 422)),
    "safeguards/{event_id}/matters/{hidden_danger_id}/release": _form(SAFEGUARD, "safeguard", ok=(200, 403, 422)),
    "signed-lists/": _page(SIGN, query="period=2026-09"),
    "signed-lists/sign": {"GET": Op(SIGN, query="period=2026-09"), "POST": Op(SIGN, ok=(422,), query="period=2026-09")},
    "signed-lists/{list_id}/": _page(SIGN, "nobody's"),
    "signed-lists/{list_id}/print": _page(SIGN, "nobody's"),
    "signed-lists/{list_id}/export": _post(SIGN, "nobody's"),
    "oversight/": _page(),
    "oversight/export": _post(),
    "oversight/indicators/{code}/{side}": _page(subject="indicator", query="split=organisation"),
    "grids/": _page(query="kind=COMPREHENSIVE"),
    "grids/gaps/": _page(query="kind=officials"),
    "grids/gaps/assign/": _post(KEEP_GRIDS, body=lambda world, who, key: {"all": "1"}),
    "grids/people/": _page(query="state=vacant"),
    "grids/export/": _post(),
    "grids/establish/": _form(KEEP_GRIDS),
    "grids/hand-over/": _form(KEEP_GRIDS),
    "grids/members/{member_id}/end/": _post(KEEP_GRIDS, "grid"),
    "grids/officials/{official_id}/end/": _post(KEEP_GRIDS, "grid"),
    "grids/sites/{site_id}/name-official/": _form(KEEP_GRIDS, "enterprise"),
    "grids/{grid_id}/": _page(subject="grid"),
    "grids/{grid_id}/edit/": _form(KEEP_GRIDS, "grid"),
    "grids/{grid_id}/dissolve/": _form(KEEP_GRIDS, "grid"),
    "grids/{grid_id}/appoint/": _form(KEEP_GRIDS, "grid"),
    "grids/{grid_id}/name-official/": _form(KEEP_GRIDS, "grid"),
    "grids/{grid_id}/pick-sites/": _page(subject="grid"),
    "grids/{grid_id}/assign-sites/": _post(KEEP_GRIDS, "grid", ok=(422,)),
    "grids/{grid_id}/remove-sites/": _post(KEEP_GRIDS, "grid", ok=(422,)),
    "grids/{grid_id}/pick-objects/": _page(subject="grid"),
    "grids/{grid_id}/assign-objects/": _post(KEEP_GRIDS, "grid", ok=(422,)),
    "grids/{grid_id}/remove-objects/": _post(KEEP_GRIDS, "grid", ok=(422,)),
    "objects/": _page(query="q=a"),
    "objects/confirm-unchanged/": _post(KEEP_REGISTER),
    "objects/export/": _post(),
    "objects/register/": _form(KEEP_REGISTER),
    "objects/{object_id}/": _page(subject="object"),
    "objects/{object_id}/edit/": _form(KEEP_REGISTER, "object"),
    "ledger/": _page(ANYBODY),
    # whose receipts they are: tests/integration/test_proofs.py
    "ledger/receipts/{entry_id}/": _page(subject="nobody's"),
    "ledger/receipts/{entry_id}/file/": _page(subject="nobody's"),
    "ledger/receipts/{subject_id}/{event_id}/": _page(subject="nobody's"),
    "accounts/sign-in/": {method: Op(ANYBODY, ok=(200, 302)) for method in METHODS[:2]},
    "accounts/sign-out/": _post(ANYBODY),
    "accounts/act-as/": _post(EVERYONE, "grant", body=lambda world, who, key: {"grant": str(world.cast.grants[key].id)}),
    "accounts/act-as/{grant_id}/": _post(EVERYONE, "grant"),
    "accounts/me/": _page(),
    "accounts/me/password/": _form(EVERYONE),
    "accounts/me/session/": _page(),
    "accounts/me/sessions/end-others/": _post(),
    "accounts/me/stand-ins/name/": _form(EVERYONE),
    "accounts/me/stand-ins/{stand_in_id}/end/": _post(subject="nobody's"),
    "accounts/me/second-factor/": _steps(),
    "accounts/me/totp/activate/": _steps(),
    "accounts/me/totp/deactivate/": _steps("nobody's"),
    "accounts/me/recovery-codes/": _page(subject="nobody's"),
    "accounts/me/recovery-codes/generate/": _steps(),
    "accounts/me/passkeys/add/": _steps(),
    "accounts/me/passkeys/{pk}/remove/": _steps(),
    "accounts/confirm/": _form(EVERYONE),
    "accounts/confirm/code/": _steps(),
    "accounts/confirm/passkey/": _steps(),
    "accounts/sign-in/second-factor/": {method: Op(ANYBODY, ok=(302,)) for method in METHODS[:2]},
    "accounts/sign-in/passkey/": {method: Op(ANYBODY, ok=(302, 429)) for method in METHODS[:2]},
    "accounts/me/sessions/{session_id}/end/": _post(subject="nobody's"),
    "users/": _page(KEEP_GRIDS, query="q=1&state=IN_USE"),
    "users/open/": _form(KEEP_GRIDS),
    "users/grants/{grant_id}/revoke/": _post(KEEP_GRIDS, "account"),
    "users/{user_id}/": _page(KEEP_GRIDS, "account"),
    "users/{user_id}/edit/": _form(KEEP_GRIDS, "account"),
    "users/{user_id}/grant/": _form(KEEP_GRIDS, "account"),
    "users/{user_id}/reset-password/": _post(KEEP_GRIDS, "account", ok=(200,)),
    "users/{user_id}/deactivate/": _post(KEEP_GRIDS, "account"),
    "users/{user_id}/reactivate/": _post(KEEP_GRIDS, "account", ok=(409,)),
    "users/{user_id}/remove-second-factor/": _post(KEEP_GRIDS, "account", ok=(409,)),
    "users/{user_id}/stand-ins/name/": _form(KEEP_GRIDS, "account"),
    "users/stand-ins/{stand_in_id}/end/": _post(KEEP_GRIDS, "nobody's"),
    "users/{user_id}/sessions/end-all/": _post(KEEP_GRIDS, "account"),
    "users/{user_id}/sessions/{session_id}/end/": _post(KEEP_GRIDS, "nobody's"),
    "files/{file_id}/": _page(subject="photo"),
    "files/{file_id}/view/": _page(subject="photo"),
    "files/{file_id}/thumb/": _page(subject="photo"),
    "jobs/": _page(),
    "jobs/{job_id}/": _page(subject="job"),
    "jobs/{job_id}/progress/": _page(subject="job"),
    "jobs/{job_id}/result/": _page(subject="job"),
    "jobs/{job_id}/cancel/": _post(subject="job", ok=(409,)),
    "imports/": _page(KEEP_REGISTER),
    "imports/new/": _form(KEEP_REGISTER),
    "imports/templates/{kind_code}/": _page(KEEP_REGISTER),
    "imports/{import_id}/": _page(KEEP_REGISTER, "import"),
    # another office that sees the file may not go on with it: 403
    "imports/{import_id}/mapping/": _post(KEEP_REGISTER, "import", ok=(422, 403)),
    "imports/{import_id}/table/": _post(KEEP_REGISTER, "import", ok=(302, 403)),
    "imports/{import_id}/confirm/": _post(KEEP_REGISTER, "import", ok=(302, 403)),
    "imports/{import_id}/undo/": _post(KEEP_REGISTER, "import", ok=(409, 403)),
    "imports/{import_id}/progress/": _page(KEEP_REGISTER, "import"),
    "imports/{import_id}/bad-rows/": _page(KEEP_REGISTER, "import", ok=(404,)),
    "messages/": _page(),
    "rules/": _page(),
    "rules/{rule_id}/": _page(query="on=2024-03-01&f.deaths=3"),
    "messages/read-all/": _post(),
    "messages/{message_id}/read/": _post(subject="message"),
    "api/v1/": _page(ANYBODY, ok=(404,)),
    "api/v1/openapi.json": _page(ANYBODY),
    "api/v1/docs": _page(ANYBODY),
    "api/v1/indicators": _page(),
    "api/v1/indicators/{code}": _page(subject="indicator", query="split=organisation"),
    "api/v1/indicators/{code}/numerator": _page(subject="indicator", query="page_size=200"),
    "api/v1/indicators/{code}/denominator": _page(subject="indicator", query="page_size=200"),
    "api/v1/regions": _page(query="page_size=200"),
    "api/v1/regions/{code}": _page(subject="region"),
    "api/v1/organisations": _page(query="page_size=200", names_enterprises=True),
    "api/v1/organisations/{organisation_id}": _page(subject="organisation", names_enterprises=True),
    "api/v1/enterprises": {**_page(query="page_size=200"), **_post(KEEP_REGISTER, ok=(201,), body=_new_enterprise)},
    "api/v1/enterprises/{enterprise_id}": {
        **_page(subject="enterprise"),
        "PATCH": Op(KEEP_REGISTER, "enterprise", body=lambda world, who, key: {"short_name": "新简称"}),
    },
    "api/v1/enterprises/{enterprise_id}/open-organisation": _post(KEEP_REGISTER, "enterprise", ok=(409,)),
    "api/v1/enterprises/{enterprise_id}/sites": _post(KEEP_REGISTER, "enterprise", ok=(201,), body=_new_site),
    "api/v1/sites": _page(query="page_size=200"),
    "api/v1/sites/{site_id}": {
        **_page(subject="enterprise"),
        "PATCH": Op(KEEP_REGISTER, "enterprise", body=lambda world, who, key: {"name": "新厂名"}),
    },
    "api/v1/enterprise-duplicates": _page(MERGE),
    "api/v1/enterprises/{enterprise_id}/merge": _post(MERGE, "enterprise", ok=(404,), body=_into_nobody),
    "api/v1/enterprises/{enterprise_id}/mark-distinct": _post(MERGE, "enterprise", ok=(404,), body=_than_nobody),
    "api/v1/site-duplicates": _page(MERGE),
    "api/v1/sites/{site_id}/merge": _post(MERGE, "enterprise", ok=(404,), body=_into_nobody),
    "api/v1/sites/{site_id}/mark-distinct": _post(MERGE, "enterprise", ok=(404,), body=_than_nobody),
    "api/v1/enterprise-confirmations": _post(KEEP_REGISTER, "enterprise", ok=(200,), body=_confirmed),
    "api/v1/sites/{site_id}/inspection-cap": _page(subject="enterprise"),
    "api/v1/unchecked-sites": _page(query="page_size=200"),
    "api/v1/unpatrolled-grids": _page(query="page_size=200"),
    "api/v1/site-tags": _page(),
    "api/v1/site-tags/set": _post(KEEP_REGISTER, "enterprise", ok=(200,), body=_tagged_site),
    "api/v1/site-tags/remove": _post(KEEP_REGISTER, "enterprise", ok=(200,), body=_tagged_site),
    "api/v1/licences": _page(query="page_size=200"),
    "api/v1/enterprises/{enterprise_id}/licences": _post(KEEP_REGISTER, "enterprise", ok=(201,), body=_new_licence),
    "api/v1/licences/{licence_id}": {**_page(subject="licence"), "PATCH": Op(KEEP_REGISTER, "licence")},
    "api/v1/licences/{licence_id}/renew": _post(KEEP_REGISTER, "licence", ok=(409,)),
    "api/v1/licences/{licence_id}/cancel": _post(
        KEEP_REGISTER, "licence", ok=(200,), body=lambda world, who, key: {"reason": "停办"}),
    "api/v1/listings": {**_page(SEE_LISTINGS), **_post(EXPORT, ok=(404, 409), body=_nobodys_matter)},
    "api/v1/listings/{listing_id}": _page(SEE_LISTINGS, "listing"),
    "api/v1/listings/{listing_id}/transitions": _post(
        SEE_LISTINGS, "listing", ok=(403, 409), body=lambda world, who, key: {"verb": "release"}
    ),
    "api/v1/grids": {**_page(query="page_size=200"), **_post(KEEP_GRIDS, ok=(201,), body=_new_grid)},
    "api/v1/grids/gaps": _page(query="page_size=200"),
    "api/v1/grids/hand-over": _post(KEEP_GRIDS, "grid", ok=(200,), body=_grid_charge),
    "api/v1/grids/{grid_id}": {
        **_page(subject="grid"),
        "PATCH": Op(KEEP_GRIDS, "grid", body=lambda world, who, key: {"name": "新名"}),
    },
    "api/v1/grids/{grid_id}/members": _post(KEEP_GRIDS, "grid", ok=(201,), body=_post_holder),
    "api/v1/grids/{grid_id}/sites": _post(KEEP_GRIDS, "grid", ok=(200,), body=_grid_sites),
    "api/v1/grids/{grid_id}/remove-sites": _post(KEEP_GRIDS, "grid", ok=(200,), body=_grid_sites_out),
    "api/v1/grids/{grid_id}/objects": _post(KEEP_GRIDS, "grid", ok=(200,), body=_grid_objects),
    "api/v1/grids/{grid_id}/remove-objects": _post(KEEP_GRIDS, "grid", ok=(200,), body=_grid_objects_out),
    "api/v1/safeguards": {
        **_page(SEE_SAFEGUARDS, query="page_size=200"), **_post(SAFEGUARD, ok=(201,), body=_new_event)},
    "api/v1/safeguards/{event_id}": {
        **_page(SEE_SAFEGUARDS, "safeguard"), "PATCH": Op(SAFEGUARD, "safeguard", ok=(200, 403))},
    "api/v1/safeguards/{event_id}/matters": {
        **_page(SEE_SAFEGUARDS, "safeguard"), **_post(SAFEGUARD, "safeguard", ok=(200, 403), body=_guarded)},
    "api/v1/safeguards/{event_id}/matters/{hidden_danger_id}/release": _post(
        SAFEGUARD, "safeguard", ok=(200, 403), body=lambda world, who, key: {"reason": "列错了"}),
    "api/v1/signed-lists": {**_page(SIGN, query="page_size=200"), **_post(SIGN, ok=(201, 409), body=_signature)},
    "api/v1/signed-lists/{list_id}": _page(SIGN, "nobody's"),
    "api/v1/industries": _page(),
    "api/v1/search": _page(query="q=CANARY"),
    "api/v1/objects": {**_page(query="page_size=200"), **_post(KEEP_REGISTER, ok=(201,), body=_new_object)},
    "api/v1/object-confirmations": _post(KEEP_REGISTER, ok=(404,), body=_no_objects),
    "api/v1/objects/{object_id}": {**_page(subject="object"), "PATCH": Op(KEEP_REGISTER, "object")},
    "api/v1/objects/{object_id}/inspection-cap": _page(subject="object"),
    "api/v1/enterprises/{enterprise_id}/set-status": _post(KEEP_REGISTER, "enterprise", ok=(422,), body=_no_papers),
    "api/v1/enterprises/{enterprise_id}/request-resumption": _post(
        KEEP_REGISTER | FIRMS, "enterprise", ok=(422,), body=_no_evidence),
    "api/v1/sites/{site_id}/set-status": _post(KEEP_REGISTER, "enterprise", ok=(422,), body=_no_papers),
    "api/v1/sites/{site_id}/request-resumption": _post(
        KEEP_REGISTER | FIRMS, "enterprise", ok=(422,), body=_no_evidence),
    "api/v1/sites/{site_id}/transfers": _post(
        KEEP_REGISTER, "enterprise", ok=(422,), body=lambda world, who, key: {"region": "331081001", "reason": " "}),
    "api/v1/sites/{site_id}/tenancies": _post(KEEP_REGISTER, "enterprise", ok=(404, 422), body=_own_yard),
    "api/v1/site-tenancies/{tenancy_id}/end": _post(
        KEEP_REGISTER, "nobody's", body=lambda world, who, key: {"valid_to": "2026-01-01"}),
    "api/v1/status-changes/{change_id}": _page(subject="nobody's"),
    "api/v1/status-changes/{change_id}/accept-resumption": _post(
        KEEP_REGISTER, "nobody's", body=lambda world, who, key: {"note": "好"}),
    "api/v1/status-changes/{change_id}/refuse-resumption": _post(KEEP_REGISTER, "nobody's"),
    "api/v1/site-transfers": _page(query="page_size=200"),
    "api/v1/site-transfers/{transfer_id}": _page(subject="nobody's"),
    "api/v1/site-transfers/{transfer_id}/confirm": _post(KEEP_REGISTER, "nobody's"),
    "api/v1/site-transfers/{transfer_id}/refuse": _post(KEEP_REGISTER, "nobody's"),
    "api/v1/site-transfers/{transfer_id}/withdraw": _post(KEEP_REGISTER, "nobody's"),
    "api/v1/checks": {**_page(query="page_size=200&count=exact"), **_post(CHECK, ok=(201,), body=_visit)},
    "api/v1/checks/{check_id}": _page(subject="nobody's"),
    "api/v1/checklists": _page(),
    "api/v1/hidden-dangers": {**_page(query="page_size=200&count=exact"), **_post(EVERYONE, ok=(201,), body=_find)},
    "api/v1/hidden-dangers/bulk": _post(EXPORT, ok=(200,), body=_urging),
    "api/v1/hidden-dangers/{hidden_danger_id}": _page(subject="matter"),
    "api/v1/hidden-dangers/{hidden_danger_id}/transitions": _post(
        subject="matter", ok=(200, 403, 409), body=lambda world, who, key: {"verb": "dismiss", "reason": "误报"}),
    "api/v1/hidden-dangers/{hidden_danger_id}/history": _page(subject="matter"),
    "api/v1/hidden-dangers/{hidden_danger_id}/comments": _post(EVERYONE, "matter", ok=(201,),
        body=lambda world, who, key: {"note": "已通知"}),
    "api/v1/hidden-dangers/{hidden_danger_id}/directions": _post(
        MERGE | {"leader"}, "matter", ok=(201, 409),
        body=lambda world, who, key: {"leader": "林县长", "manner": "MEETING", "note": "按期改完"}),
    "api/v1/hidden-dangers/{hidden_danger_id}/findings": {
        **_page(subject="matter"), **_post(subject="matter", ok=(201, 403, 409), body=lambda world, who, key: {
            "facts": {"sector": "FIREWORKS"}})},
    "api/v1/files": _post(ok=(201,)),
    "api/v1/files/{file_id}": _page(subject="photo"),
    "api/v1/jobs": _page(query="page_size=200"),
    "api/v1/jobs/{job_id}": _page(subject="job"),
    "api/v1/jobs/{job_id}/cancel": _post(subject="job", ok=(409,)),
    "api/v1/rules": _page(),
    "api/v1/rules/{rule_id}": _page(),
    "api/v1/rules/{rule_id}/evaluate": _post(ok=(200,), body=lambda world, who, key: {"on": "2024-03-01", "facts": {}}),
    "api/v1/import-kinds": _page(KEEP_REGISTER),
    "api/v1/imports": {**_page(KEEP_REGISTER, query="page_size=200"), **_post(KEEP_REGISTER, ok=(422, 415))},
    "api/v1/imports/{import_id}": _page(KEEP_REGISTER, "import"),
    "api/v1/imports/{import_id}/confirm": _post(KEEP_REGISTER, "import", ok=(202, 403)),
    "api/v1/ledger/tree-heads": _page(ANYBODY),
    "api/v1/ledger/consistency": _page(ANYBODY, query="first=1&second=2", ok=(200, 422)),
    "api/v1/ledger/inclusion": _page(ANYBODY, query="leaf_index=0&size=1", ok=(200, 422)),
    "api/v1/ledger/receipts/{entry_id}": _page(subject="nobody's"),
    "api/v1/ledger/receipts/{subject_id}/{event_id}": _page(subject="nobody's"),
    "api/v1/imports/{import_id}/undo": _post(KEEP_REGISTER, "import", ok=(409, 403)),
}  # fmt: skip

TAKES_ANY_METHOD = {"healthz", "api/v1/", "api/v1/openapi.json", "api/v1/docs", "accounts/sign-in/"}
"""Views of frameworks that do not look at the method; they are public and change nothing but a sign-in."""


ASK_THEMSELVES = {
    "ledger/",
    "accounts/sign-in/",
    "accounts/sign-out/",
    "accounts/act-as/",
    "accounts/act-as/{grant_id}/",
    "accounts/me/password/",
    "accounts/me/second-factor/",
    "accounts/me/totp/activate/",
    "accounts/me/totp/deactivate/",
    "accounts/me/recovery-codes/",
    "accounts/me/recovery-codes/generate/",
    "accounts/me/passkeys/add/",
    "accounts/me/passkeys/{pk}/remove/",
    "accounts/confirm/",
    "accounts/confirm/code/",
    "accounts/confirm/passkey/",
    "accounts/sign-in/second-factor/",
    "accounts/sign-in/passkey/",
}
"""Public views that look at the method before they look for a person."""


SOMEBODY = {"city", "county", "town", "firm", "other", ANONYMOUS}
"""Enough for methods nobody has: what they answer depends on the route, and on whether a person may call it at all."""


@dataclass(frozen=True)
class Cell:
    route: str
    method: str
    key: str
    who: str
    expected: tuple[int, ...]
    op: Op = field(hash=False)

    def __str__(self) -> str:
        return f"{self.method} /{self.route} [{self.key}] as {self.who}"


def cells(route: str) -> Iterator[Cell]:
    """Every cell of one route."""
    ops = ROUTES[route]
    for method in METHODS:
        op = ops.get(method)
        if op is None and route in TAKES_ANY_METHOD:
            continue
        subjects = SUBJECTS[(op or next(iter(ops.values()))).subject]
        for key, finds in subjects.items() if op else [next(iter(subjects.items()))]:
            for who in sorted(ANYBODY if op else SOMEBODY):
                yield Cell(route, method, key, who, _expected(route, op, who, finds), op or next(iter(ops.values())))


def _expected(route: str, op: Op | None, who: str, finds: frozenset[str]) -> tuple[int, ...]:
    is_api = route.startswith("api/")
    if op is None:
        return (405,) if is_api or route in ASK_THEMSELVES else _of_another_method(route, who)
    if who not in op.may:
        return (401 if is_api else 302,) if who == ANONYMOUS else (403,)
    return op.ok if who in finds else (404,)


def _of_another_method(route: str, who: str) -> tuple[int, ...]:
    """Who may not call the page learns nothing else about it."""
    if who == ANONYMOUS:
        return (302,)
    return (405,) if any(who in op.may for op in ROUTES[route].values()) else (403,)


def walk(patterns: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every address and its view, with parameters written as ``{name}``."""
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from walk(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route), pattern.callback


def strays(patterns: Any, known: dict[str, dict[str, Op]]) -> set[str]:
    """Routes nobody declared, or that stand in no table; operations whose method does not."""
    found = set()
    for route, view in walk(patterns):
        operations = getattr(view, "operations", ())
        methods = {method for operation in operations for method in operation.methods}
        if not is_declared(view) or route not in known or not methods <= set(known[route]):
            found.add(route)
    return found


def test_every_route_is_declared_and_in_the_table():
    assert strays(get_resolver().url_patterns, ROUTES) == set()


def test_no_route_of_the_table_is_gone():
    assert set(ROUTES) - {route for route, _ in walk(get_resolver().url_patterns)} == set()


@pytest.mark.urls("tests.fakes.plumbing")
def test_an_unlisted_route_is_found():
    found = strays(get_resolver().url_patterns, ROUTES)
    assert {"undeclared/", "confirm/", "api/v1/acts"} <= found
    assert "jobs/" not in found


def test_there_are_enough_cells():
    assert sum(1 for route in ROUTES for _ in cells(route)) >= 5000


@pytest.mark.django_db
@pytest.mark.parametrize("route", ROUTES)
def test_route(world, route):
    wrong = [f"{cell}: {found}" for cell in cells(route) if (found := try_cell(world, cell))]
    assert wrong == []


@pytest.mark.django_db
def test_an_unknown_verb_is_not_found_and_says_nothing(world):
    for who in sorted(EVERYONE):
        for matter in world.matters.values():
            assert world.client(who).get(f"/hidden-dangers/{matter.id}/no-such-verb").status_code == 404


@pytest.mark.django_db
def test_a_wrong_expectation_and_a_leak_are_found(world):
    op = ROUTES["api/v1/hidden-dangers"]["GET"]
    assert "200" in try_cell(world, Cell("api/v1/hidden-dangers", "GET", "", "other", (403,), op))
    client = world.client("county")
    response = client.get("/api/v1/hidden-dangers")
    assert leaks(world, "other", response, "/api/v1/hidden-dangers")
    assert leaks(world, "county", response, "/api/v1/hidden-dangers") == set()
    exported = client.get(f"/jobs/{world.jobs['county']}/result/")
    assert leaks(world, "other", exported, "/jobs/")


def try_cell(world: World, cell: Cell) -> str:
    """What is wrong with the answer; empty when nothing is."""
    path = address(world, cell)
    with transaction.atomic():
        response = _send(world, cell, path)
        text = text_of(response)
        transaction.set_rollback(True)
    if response.status_code not in cell.expected:
        return f"{response.status_code}, expected {cell.expected} {text[:200] if path.startswith('/api') else ''}"
    if cell.who == ANONYMOUS and cell.expected == (302,) and not response["Location"].startswith("/accounts/sign-in/"):
        return f"led to {response['Location']}"
    found = leaks(world, cell.who, response, path, enterprises=not cell.op.names_enterprises)
    return f"leaks {sorted(found)}" if found else ""


def leaks(world: World, who: str, response: Any, path: str, *, enterprises: bool = True) -> set[str]:
    """Words in the answer that this person may not meet; what they asked for themselves is no news."""
    text = text_of(response)
    words = world.hidden_words(who) | (world.hidden_enterprises(who) if enterprises else set())
    return {word for word in words if word in text and word not in path}


def address(world: World, cell: Cell) -> str:
    key = cell.key
    values: dict[str, Any] = {
        "verb": "confirm",
        "side": "denominator",
        "code": key,
        "kind_code": "enterprises",
        "rule_id": "accident_grade",
    }
    values |= dict.fromkeys(
        (
            "change_id",
            "transfer_id",
            "tenancy_id",
            "check_id",
            "finding_id",
            "sample_item_id",
            "user_id",
            "stand_in_id",
            "entry_id",
            "subject_id",
            "event_id",
        ),
        UUID(int=0),
    )
    values |= {"session_id": 0, "pk": 0}
    values |= {"slot": "item-1", "list_id": UUID(int=0)}
    if cell.route.startswith("hidden-dangers/bulk"):
        values["verb"] = "urge"
    if cell.op.subject == "matter":
        values["hidden_danger_id"] = world.matters[key].id
    elif cell.op.subject == "enterprise":
        values |= {"enterprise_id": world.cast.enterprises[key].id, "site_id": world.cast.sites[key].id}
    elif cell.op.subject == "object":
        values["object_id"] = world.objects[key]
    elif cell.op.subject == "safeguard":
        values |= {"event_id": world.safeguards[key], "hidden_danger_id": world.matters[key].id}
    elif cell.op.subject == "licence":
        values["licence_id"] = world.licences[key]
    elif cell.op.subject == "listing":
        values |= {"listing_id": world.listings[key], "verb": "report-progress"}
    elif cell.op.subject == "grid":
        values |= {"grid_id": world.grids[key], "member_id": world.grid_members[key]}
        values["official_id"] = world.grid_officials[key]
    elif cell.op.subject == "photo":
        owner = key.removeprefix("upload of ")
        values["file_id"] = world.photos[key] if owner == key else world.uploads[owner][0]
    elif cell.op.subject == "job":
        values["job_id"] = world.jobs[key]
    elif cell.op.subject == "import":
        values["import_id"] = world.imports[key]
    elif cell.op.subject == "message":
        values["message_id"] = world.messages[key]
    elif cell.op.subject == "grant":
        values["grant_id"] = world.cast.grants[key].id
    elif cell.op.subject == "account":
        values |= {"user_id": world.cast.users[key].id, "grant_id": world.cast.grants[key].id}
    elif cell.op.subject == "organisation":
        values["organisation_id"] = world.cast.organisations[key].id
    query = f"?{cell.op.query}" if cell.op.query and cell.method == "GET" else ""
    return f"/{cell.route.format(**values)}{query}"


def _send(world: World, cell: Cell, path: str) -> Any:
    client = world.client(cell.who)
    if cell.method == "GET":
        return client.get(path)
    cookies = copy.deepcopy(client.cookies)
    try:
        return _write(client, cell, path, cell.op.body(world, cell.who, cell.key))
    finally:
        client.cookies = cookies


def _write(client: Client, cell: Cell, path: str, body: dict[str, Any]) -> Any:
    call = getattr(client, cell.method.lower())
    if cell.route == "api/v1/files" and cell.method == "POST":
        return call(path, {"file": picture()})
    if cell.route.startswith("api/"):
        return call(path, body, content_type="application/json")
    return call(path, body) if cell.method == "POST" else call(path)
