"""``GET /healthz``: whether web, database and worker do their work. Without signing in, and without details."""

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache

from anlan.http.requires import public

WORKER_SILENT_AFTER_SECONDS = 20  # four heartbeats, see PROCRASTINATE_WORKER_DEFAULTS

WORKER_IS_ALIVE = """
    SELECT EXISTS (SELECT 1 FROM procrastinate_workers
                    WHERE last_heartbeat > now() - make_interval(secs => %s))"""


@public("监控不登录也要能看到系统是否正常")
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """200 if everything works, else 503; each part says ``ok`` or ``down``."""
    database, worker = _look()
    parts = {"web": True, "database": database, "worker": worker}
    words = {name: "ok" if well else "down" for name, well in parts.items()}
    well = all(parts.values())
    return JsonResponse({"status": "ok" if well else "down", **words}, status=200 if well else 503)


def _look() -> tuple[bool, bool]:
    try:
        with connection.cursor() as cursor:
            cursor.execute(WORKER_IS_ALIVE, [WORKER_SILENT_AFTER_SECONDS])
            (alive,) = cursor.fetchone()
    except DatabaseError:
        return False, False
    return True, bool(alive)
