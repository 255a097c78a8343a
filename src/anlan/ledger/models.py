"""The append-only record of every act. Its form is fixed from the first day (ADR 0002)."""

from django.db import models

from anlan.authz.fields import PathField
from anlan.authz.permissions import Permission
from anlan.authz.scope import ScopeColumns, ScopedModel
from anlan.lib import ids


class LedgerEntry(ScopedModel):
    """One act. ``seq`` is only an id, not the order of commits; no foreign keys, so that nothing can pull a row away.

    ``payload`` holds no personal text: a salted hash stands for it, so that correction and erasure stay possible.
    """

    append_only = True
    view_permission = Permission.LEDGER_VIEW
    scope_columns = ScopeColumns(matter=None)

    seq = models.BigAutoField(primary_key=True)
    entry_id = models.UUIDField(default=ids.uuid7, unique=True)
    at = models.DateTimeField()
    actor_id = models.UUIDField(null=True)
    organisation_id = models.UUIDField(null=True)
    region_path = PathField()
    subject_type = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    event = models.CharField(max_length=80)
    payload = models.JSONField(default=dict)
    leaf_hash = models.BinaryField(max_length=32)
    alg = models.CharField(max_length=20, default="sha256-v1")

    class Meta:
        ordering = ("seq",)
        indexes = [models.Index(fields=["subject_id", "seq"], name="ledger_subject")]

    def __str__(self) -> str:
        return f"{self.seq} {self.event}"
