"""Evidence: what was uploaded, byte for byte, and what it belongs to."""

from django.conf import settings
from django.db import models

from anlan.authz.fields import PathField
from anlan.authz.permissions import Permission
from anlan.authz.scope import ScopeColumns, ScopedModel
from anlan.lib import ids


class Kind(models.TextChoices):
    BEFORE = "BEFORE", "整改前"
    AFTER = "AFTER", "整改后"
    REPORT = "REPORT", "报告"
    OTHER = "OTHER", "其他"


class StoredFile(ScopedModel):
    """One upload. Its bytes lie under their SHA-256; ``content_type`` is what they are, whatever the name says.

    Until it is attached it belongs to nobody but its uploader; afterwards it is seen by those who see its subject.
    """

    view_permission = Permission.FILE_VIEW
    scope_columns = ScopeColumns(matter="subject_id")

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    region_path = PathField()
    organisation = models.ForeignKey("authz.Organisation", models.PROTECT, related_name="+")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField("上传时间")
    kind = models.CharField("类别", max_length=10, choices=Kind, default=Kind.OTHER)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField("大小（字节）")
    content_type = models.CharField("类型", max_length=100)
    original_name = models.CharField("文件名", max_length=200)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    taken_at = models.DateTimeField("拍摄时间", null=True)
    longitude = models.DecimalField("经度", max_digits=9, decimal_places=6, null=True)
    latitude = models.DecimalField("纬度", max_digits=8, decimal_places=6, null=True)
    accuracy_m = models.DecimalField("定位精度（米）", max_digits=8, decimal_places=1, null=True)
    subject_type = models.CharField(max_length=40, blank=True)
    subject_id = models.UUIDField(null=True)

    class Meta:
        ordering = ("id",)
        indexes = [
            models.Index(fields=["subject_id"], name="file_of_subject", condition=models.Q(subject_id__isnull=False)),
            models.Index(fields=["sha256"], name="file_sha256"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(subject_type="", subject_id=None)
                | ~models.Q(subject_type="") & models.Q(subject_id__isnull=False),
                name="file_subject",
            ),
            models.CheckConstraint(
                condition=models.Q(width=None, height=None) | models.Q(width__gt=0, height__gt=0),
                name="file_dimensions",
            ),
            models.CheckConstraint(
                condition=models.Q(longitude=None, latitude=None)
                | models.Q(longitude__range=(-180, 180), latitude__range=(-90, 90)),
                name="file_position",
            ),
        ]

    def __str__(self) -> str:
        return self.original_name

    @property
    def is_image(self) -> bool:
        return self.width is not None
