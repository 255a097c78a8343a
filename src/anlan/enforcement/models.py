"""执法线索：整改逾期且责任主体可以处罚的，移交有执法权的部门判断是否立案。"""

from django.db import models

from anlan.authz.fields import PathField
from anlan.authz.permissions import Permission
from anlan.authz.scope import ScopeColumns, ScopedModel
from anlan.lib import ids


class EnforcementLead(ScopedModel):
    """A lead is advice to the department that may punish; whether it becomes a case is that department's decision."""

    view_permission = Permission.ENFORCEMENT_LEAD_VIEW
    scope_columns = ScopeColumns(organisation="enforcer_path", matter="id")

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    region_path = PathField()
    hidden_danger = models.ForeignKey("hidden_dangers.HiddenDanger", models.PROTECT, related_name="enforcement_leads")
    enterprise = models.ForeignKey("register.Enterprise", models.PROTECT, related_name="+", verbose_name="当事人")
    enforcer = models.ForeignKey("authz.Organisation", models.PROTECT, related_name="+", verbose_name="执法部门")
    enforcer_path = PathField()
    reason = models.CharField("事由", max_length=200)
    article = models.CharField("依据", max_length=120)
    event_id = models.UUIDField(unique=True)
    raised_at = models.DateTimeField("产生时间")

    class Meta:
        verbose_name = "执法线索"
        ordering = ("-raised_at", "-id")

    def __str__(self) -> str:
        return f"{self.enterprise_id} {self.reason}"
