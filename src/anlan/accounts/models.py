"""Tokens of machines. Users and grants are tables of authz."""

from django.conf import settings
from django.db import models

from anlan.lib import ids
from anlan.reads.loading import QuicklyLoaded


class ApiToken(QuicklyLoaded):
    """A bearer token: only its SHA-256 is kept. It is worth what its grant is worth on the day it is used."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    digest = models.BinaryField(max_length=32, unique=True)
    label = models.CharField("用途", max_length=60, blank=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    grant = models.ForeignKey("authz.Grant", models.PROTECT, related_name="+")
    created_at = models.DateTimeField("签发时间")
    expires_at = models.DateTimeField("到期时间")
    last_used_at = models.DateTimeField("最近使用", null=True)
    revoked_at = models.DateTimeField("吊销时间", null=True)

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(condition=models.Q(expires_at__gt=models.F("created_at")), name="api_token_period"),
        ]

    def __str__(self) -> str:
        return self.label or str(self.id)
