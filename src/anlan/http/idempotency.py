"""``Idempotency-Key`` on POST: the same request again gives the same answer, and the act happens once.

The record is a row of the act's own transaction. A second request with the key meets the unique row, waits until the
first has committed, and replays its answer. A refused first attempt (4xx) has done nothing and leaves nothing: the
client may put it right and use the same key again. The same key with another request is refused (409).
"""

import hashlib
from collections.abc import Callable
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from anlan.authz.actors import Actor
from anlan.http import actions
from anlan.http.models import IdempotencyRecord
from anlan.http.parsing import Malformed
from anlan.lib import clock
from anlan.lib.refusals import Refused

HEADER = "Idempotency-Key"
KEPT_HEADERS = ("Content-Type", "Location", "ETag")
DESCRIPTION = "由客户端生成的唯一值（如 UUID）。网络中断后用同一个值重发，操作只会发生一次，并得到同样的答复"


def once(request: HttpRequest, actor: Actor | None, act: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """The answer of ``act``, or the kept one. Runs inside ``acting(actor)``. Refused (409), Malformed (400)."""
    key = request.headers.get(HEADER)
    if key is None or request.method != "POST" or actor is None or actor.grant_id is None:
        return act()
    claim = IdempotencyRecord(
        grant_id=actor.grant_id,
        key=_checked(key),
        region_path=actor.wall[0],
        route=f"{request.method} {request.path}"[:300],
        request_hash=_hash(request),
        at=clock.now(),
    )
    with transaction.atomic():
        record = actions.claim_or_earlier(claim)
        if record.id != claim.id:
            return _replay(record, claim)
        response = act()
        if response.status_code >= 400:
            transaction.set_rollback(True)
        else:
            _keep(claim, response)
    return response


def forget_before(instant: datetime) -> int:
    """Delete records older than ``instant`` inside the present range of the wall. Returns how many."""
    return actions.delete_before(instant)


def _checked(key: str) -> str:
    if not 1 <= len(key) <= 200 or not key.isascii() or not key.isprintable():
        raise Malformed("请求头 Idempotency-Key 应为 1 至 200 个可打印的 ASCII 字符。")
    return key


def _hash(request: HttpRequest) -> bytes:
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if request.content_type == "multipart/form-data":  # its boundary differs each time
        for name, values in sorted(request.POST.lists()):
            digest.update(repr((name, values)).encode())
        for name, files in sorted(request.FILES.lists()):
            for file in files:
                digest.update(repr((name, file.name, _digest_of(file))).encode())
    else:
        digest.update(request.body)
    return digest.digest()


def _digest_of(file: UploadedFile) -> str:
    file.seek(0)
    found = hashlib.sha256()
    for chunk in file.chunks():
        found.update(chunk)
    file.seek(0)
    return found.hexdigest()


def _keep(record: IdempotencyRecord, response: HttpResponseBase) -> None:
    if not isinstance(response, HttpResponse):
        raise TypeError("a POST does not answer with a stream")
    record.status = response.status_code
    record.headers = {name: response[name] for name in KEPT_HEADERS if name in response}
    record.body = response.content
    record.save(update_fields=["status", "headers", "body"])


def _replay(record: IdempotencyRecord, again: IdempotencyRecord) -> HttpResponse:
    if bytes(record.request_hash) != again.request_hash:
        raise Refused("idempotency_key_reused", "这个 Idempotency-Key 已用于另一个请求，请换一个新的值。")
    headers = {**record.headers, "Idempotency-Replayed": "true"}
    return HttpResponse(bytes(record.body), status=record.status, headers=headers)
