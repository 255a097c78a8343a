"""The copying of uploaded originals to the archive: a periodic job, so that no upload waits for another disk."""

from pathlib import Path

import structlog
from django.conf import settings
from procrastinate.contrib.django import app

from anlan.lib import file_archive

log = structlog.get_logger("files")


@app.periodic(cron="* * * * *")
@app.task(name="files.archive", queueing_lock="files.archive")
def archive(timestamp: int) -> None:
    """Copy what was uploaded since the last time. What hinders it is told by ``/healthz`` and ``anlan status``, and the
    next minute tries again."""
    if settings.FILE_ARCHIVE is None:
        return
    count, reason = file_archive.copy_waiting(Path(settings.DATA_DIR), settings.FILE_ARCHIVE)
    if reason:
        log.error("files are not archived", reason=reason, copied=count)
