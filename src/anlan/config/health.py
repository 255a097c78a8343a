"""``GET /healthz``: whether web, database and worker do their work, and the archive is kept. Without signing in, and
without details."""

from datetime import datetime

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache

from anlan.config import wal
from anlan.http.requires import public
from anlan.proofs.api import ledger_trouble

WORKER_SILENT_AFTER_SECONDS = 20  # four heartbeats, see PROCRASTINATE_WORKER_DEFAULTS

LOOK = """
    SELECT EXISTS (SELECT 1 FROM procrastinate_workers
                    WHERE last_heartbeat > now() - make_interval(secs => %s)),
           (SELECT last_failed_time FROM pg_stat_archiver
             WHERE last_failed_time > coalesce(last_archived_time, '-infinity'))"""


@public("监控不登录也要能看到系统是否正常")
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """200 if everything that works for people works, else 503; each part says ``ok`` or ``down``. Where nobody is
    hindered but something is not archived, or the ledger is not the one that was signed here, it is 200, ``status`` is
    ``degraded``, and ``archive_trouble`` or ``ledger_trouble`` says what."""
    database, worker, failed_at = _look()
    words = {
        name: "ok" if well else "down" for name, well in (("web", True), ("database", database), ("worker", worker))
    }
    is_well = database and worker
    troubles = {"archive": _archive_trouble(failed_at), "ledger": _ledger_trouble() if database else None}
    for name, trouble in troubles.items():
        if trouble is not None:
            words[name] = "down" if trouble else "ok"
        if trouble:
            words[f"{name}_trouble"] = trouble
    status = "down" if not is_well else "degraded" if any(troubles.values()) else "ok"
    return JsonResponse({"status": status, **words}, status=200 if is_well else 503)


def _look() -> tuple[bool, bool, datetime | None]:
    """Whether the database answers, whether the worker shows itself, and when the log's archiving last failed, if it
    has not succeeded since."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(LOOK, [WORKER_SILENT_AFTER_SECONDS])
            alive, failed_at = cursor.fetchone()
    except DatabaseError:
        return False, False, None
    return True, bool(alive), failed_at


def _archive_trouble(failed_at: datetime | None) -> str | None:
    """What is to be archived and is not, empty if nothing; None if nothing is to be."""
    environment = settings.ENVIRONMENT
    if environment.wal_archive is None:
        return None
    found = [wal.file_trouble(environment)]
    if environment.embedded:
        found.append(wal.failed_since(environment, failed_at) if failed_at else wal.log_trouble(environment))
    return ";".join(str(trouble) for trouble in found if trouble is not None)


def _ledger_trouble() -> str | None:
    """None while the database does not say."""
    try:
        return ledger_trouble()
    except DatabaseError:
        return None
