"""督办函：逾期自动拟发，一件一函，文号按单位、年度连续。"""

from django.db import models

from anlan.authz.fields import PathField
from anlan.authz.permissions import Permission
from anlan.authz.scope import ScopeColumns, ScopedModel
from anlan.lib import ids


class SupervisionLetter(ScopedModel):
    """A letter that urges the lead of an overdue matter. ``event_id`` makes it exactly one per lateness."""

    view_permission = Permission.SUPERVISION_LETTER_VIEW
    scope_columns = ScopeColumns(organisation="issuer_path", matter="hidden_danger_id")

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    region_path = PathField()
    year = models.PositiveSmallIntegerField("年度")
    serial = models.PositiveIntegerField("序号")
    document_number = models.CharField("文号", max_length=60)
    issuer = models.ForeignKey("authz.Organisation", models.PROTECT, related_name="+", verbose_name="发函单位")
    issuer_path = PathField()
    addressee = models.ForeignKey("authz.Organisation", models.PROTECT, related_name="+", verbose_name="收函单位")
    hidden_danger = models.ForeignKey("hidden_dangers.HiddenDanger", models.PROTECT, related_name="letters")
    reason = models.CharField("事由", max_length=200)
    event_id = models.UUIDField(unique=True)
    issued_at = models.DateTimeField("发函时间")
    reply_due_on = models.DateField("回复期限")

    class Meta:
        verbose_name = "督办函"
        ordering = ("-issued_at", "-id")
        constraints = [
            models.UniqueConstraint(fields=["issuer", "year", "serial"], name="supervision_letter_serial"),
        ]

    def __str__(self) -> str:
        return self.document_number
