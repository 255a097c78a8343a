"""The grids and the people who look after them. What lies in a grid stands in the slices above."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from anlan.authz.choices import Sector
from anlan.authz.fields import PathField
from anlan.authz.permissions import Permission
from anlan.authz.scope import ScopeColumns
from anlan.lib import ids
from anlan.reads.loading import QuicklyLoaded
from anlan.territory.choices import GridKind, GridLevel, GridPost
from anlan.territory.querysets import DatedQuerySet, GridQuerySet


class Grid(QuicklyLoaded):
    """One grid. Kind, level, region and sector stay as they were established; a grid that is redrawn is dissolved
    and established anew, so that what was true on a day stays readable."""

    scope_columns = ScopeColumns(matter=None)
    view_permission = Permission.GRID_VIEW

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    code = models.CharField("网格编码", max_length=40)
    name = models.CharField("名称", max_length=60)
    kind = models.CharField("类别", max_length=16, choices=GridKind, default=GridKind.COMPREHENSIVE)
    level = models.CharField("层级", max_length=12, choices=GridLevel)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children", verbose_name="上级网格")
    region = models.ForeignKey("authz.Region", models.PROTECT, related_name="+", verbose_name="所在区划")
    region_path = PathField()
    wall_path = PathField()
    sector = models.CharField("行业领域", max_length=30, choices=Sector, blank=True)
    organisation = models.ForeignKey(
        "authz.Organisation", models.PROTECT, null=True, related_name="+", verbose_name="牵头单位"
    )
    valid_from = models.DateField("设立日期")
    valid_to = models.DateField("撤销日期", null=True)
    established_at = models.DateTimeField("登记时间")
    changed_at = models.DateTimeField("更新时间")
    version = models.PositiveIntegerField(default=0)

    objects = GridQuerySet.as_manager()

    class Meta:
        verbose_name = "网格"
        ordering = ("region_path", "kind", "code")
        constraints = [
            models.UniqueConstraint(fields=["wall_path", "code"], name="grid_code_once"),
            models.UniqueConstraint(
                fields=["region", "kind", "sector", "name"], condition=Q(valid_to=None), name="grid_name_once"
            ),
            models.CheckConstraint(
                condition=Q(kind=GridKind.SECTOR) & ~Q(sector="") | ~Q(kind=GridKind.SECTOR) & Q(sector=""),
                name="grid_sector_of_sector_grids",
            ),
            models.CheckConstraint(condition=Q(region_path__startswith=F("wall_path")), name="grid_inside_its_wall"),
        ]
        indexes = [models.Index(fields=["region_path", "kind", "code"], name="grid_region")]

    def __str__(self) -> str:
        return self.name

    @property
    def kind_label(self) -> str:
        """``行业网格·消防`` for a sector grid."""
        return f"{self.get_kind_display()}·{self.get_sector_display()}" if self.sector else self.get_kind_display()


class GridMember(QuicklyLoaded):
    """A person in a post of a grid, from–to; a post has as many seats as the establishment says (``posts.toml``).

    ``valid_to`` one day before ``valid_from``: ended before it began. Overlaps are refused under the grid's lock;
    the constraint is the last word on open ends.
    """

    scope_columns = ScopeColumns(matter=None)
    view_permission = Permission.GRID_VIEW

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    grid = models.ForeignKey(Grid, models.PROTECT, related_name="members", verbose_name="网格")
    region_path = PathField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="账号")
    name = models.CharField("姓名", max_length=60)
    phone = models.CharField("电话", max_length=30, blank=True)
    post = models.CharField("岗位", max_length=20, choices=GridPost)
    seat = models.PositiveSmallIntegerField("席位", default=1)
    valid_from = models.DateField("任职日期")
    valid_to = models.DateField("离任日期", null=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = "网格人员"
        ordering = ("post", "seat", "valid_from", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["grid", "post", "seat"], condition=Q(valid_to=None), name="grid_seat_one_holder"
            ),
        ]
        indexes = [
            models.Index(fields=["user"], name="grid_member_user", condition=Q(user__isnull=False)),
            models.Index(fields=["region_path", "name"], name="grid_member_name"),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.get_post_display()}）"
