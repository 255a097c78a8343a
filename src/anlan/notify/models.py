"""Messages to organisations and people."""

from django.conf import settings
from django.db import models

from anlan.authz.fields import PathField
from anlan.authz.permissions import Permission
from anlan.authz.scope import ScopeColumns, ScopedModel
from anlan.lib import ids


class Message(ScopedModel):
    """One message about one subject. Without ``to_user`` it is for everybody who acts for the organisation.

    ``dedupe_key`` says what it is about so exactly that a second telling of the same adds nothing.
    """

    view_permission = Permission.DESK_VIEW
    scope_columns = ScopeColumns(matter="subject_id")

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    region_path = PathField()
    to_organisation = models.ForeignKey("authz.Organisation", models.PROTECT, related_name="+")
    to_user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    subject_type = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    title = models.CharField("标题", max_length=120)
    body = models.TextField("内容", blank=True)
    dedupe_key = models.CharField(max_length=120, unique=True)
    at = models.DateTimeField("时间")
    delivered_at = models.DateTimeField("送出时间", null=True)
    read_at = models.DateTimeField("阅读时间", null=True)

    class Meta:
        ordering = ("-id",)
        indexes = [
            models.Index(
                fields=["to_organisation", "-id"], name="message_unread", condition=models.Q(read_at__isnull=True)
            ),
            models.Index(fields=["to_organisation", "-id"], name="message_of_organisation"),
        ]

    def __str__(self) -> str:
        return self.title
