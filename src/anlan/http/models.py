"""Answers kept for a client that repeats itself."""

from django.db import models

from anlan.authz.fields import PathField
from anlan.lib import ids
from anlan.reads.loading import QuicklyLoaded


class IdempotencyRecord(QuicklyLoaded):
    """The answer to a POST with an ``Idempotency-Key``, written in the transaction of the act itself.

    Behind the wall like the records it speaks of: ``region_path`` is the county of the caller's organisation.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    grant_id = models.UUIDField()
    key = models.CharField(max_length=200)
    region_path = PathField()
    route = models.CharField(max_length=300)
    request_hash = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=b"")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["grant_id", "key"], name="idempotency_key_once")]
        indexes = [models.Index(fields=["at"], name="idempotency_at")]

    def __str__(self) -> str:
        return f"{self.key} {self.route}"
