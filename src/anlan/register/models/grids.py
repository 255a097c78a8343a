"""What lies in a grid, and who is named for what. The grids themselves stand in the territory."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from anlan.authz.choices import Sector
from anlan.authz.fields import PathField
from anlan.authz.permissions import Permission
from anlan.authz.scope import ScopeColumns, ScopedModel
from anlan.lib import ids
from anlan.reads.loading import QuicklyLoaded
from anlan.register.models.enterprises import Site
from anlan.register.models.objects import SupervisedObject
from anlan.territory.api import DatedQuerySet, GridKind


class GridPlace(ScopedModel):
    """A place in a grid, from–to. One of a kind at a time, sector grids one for each sector (D25): kind and sector are the
    grid's, which never change."""

    view_permission = Permission.GRID_VIEW

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    grid = models.ForeignKey("territory.Grid", models.PROTECT, related_name="+", verbose_name="网格")
    region_path = PathField()
    kind = models.CharField("类别", max_length=16, choices=GridKind)
    sector = models.CharField("行业领域", max_length=30, choices=Sector, blank=True)
    joined_at = models.DateTimeField("划入时间")
    left_at = models.DateTimeField("划出时间", null=True)

    class Meta:
        abstract = True
        ordering = ("joined_at", "id")


class SiteGrid(GridPlace):
    """A site's."""

    scope_columns = ScopeColumns(matter="site_id")

    site = models.ForeignKey(Site, models.CASCADE, related_name="grid_places")

    class Meta(GridPlace.Meta):
        verbose_name = "场所所在网格"
        constraints = [
            models.UniqueConstraint(
                fields=["site", "kind", "sector"], condition=Q(left_at=None), name="site_one_grid_of_a_kind"
            ),
        ]
        indexes = [models.Index(fields=["grid"], name="site_grid_now", condition=Q(left_at=None))]

    def __str__(self) -> str:
        return f"{self.site_id} {self.grid_id}"


class ObjectGrid(GridPlace):
    """A supervised object's."""

    scope_columns = ScopeColumns(matter="supervised_object_id")

    supervised_object = models.ForeignKey(SupervisedObject, models.CASCADE, related_name="grid_places")

    class Meta(GridPlace.Meta):
        verbose_name = "监管对象所在网格"
        constraints = [
            models.UniqueConstraint(
                fields=["supervised_object", "kind", "sector"],
                condition=Q(left_at=None),
                name="object_one_grid_of_a_kind",
            ),
        ]
        indexes = [models.Index(fields=["grid"], name="object_grid_now", condition=Q(left_at=None))]

    def __str__(self) -> str:
        return f"{self.supervised_object_id} {self.grid_id}"


class ResponsibleOfficial(QuicklyLoaded):
    """包保人: the official named for a site or for a grid, from–to; one at a time for each."""

    view_permission = Permission.GRID_VIEW
    scope_columns = ScopeColumns(matter="site_id")

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    site = models.ForeignKey(Site, models.CASCADE, null=True, related_name="officials", verbose_name="场所")
    grid = models.ForeignKey("territory.Grid", models.PROTECT, null=True, related_name="+", verbose_name="网格")
    region_path = PathField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="账号")
    name = models.CharField("姓名", max_length=60)
    phone = models.CharField("电话", max_length=30, blank=True)
    duty = models.CharField("职务", max_length=60, blank=True)
    organisation = models.ForeignKey(
        "authz.Organisation", models.PROTECT, null=True, related_name="+", verbose_name="所在单位"
    )
    valid_from = models.DateField("起")
    valid_to = models.DateField("止", null=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = "包保人"
        ordering = ("-valid_from", "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(site__isnull=False, grid=None) | Q(site=None, grid__isnull=False),
                name="official_for_a_site_or_a_grid",
            ),
            models.UniqueConstraint(fields=["site"], condition=Q(valid_to=None), name="site_one_official"),
            models.UniqueConstraint(fields=["grid"], condition=Q(valid_to=None), name="grid_one_official"),
        ]
        indexes = [models.Index(fields=["region_path", "name"], name="official_name")]

    def __str__(self) -> str:
        return f"{self.name}{self.duty}"
