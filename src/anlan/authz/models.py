"""Regions, organisations, people and what they may: the tables every decision about sight is made from."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models

from anlan.authz.choices import Capacity, OrganisationKind, ParticipationKind, RegionLevel, Sector
from anlan.authz.fields import PathField
from anlan.authz.roles import ROLE_CHOICES
from anlan.lib import ids
from anlan.reads.loading import QuicklyLoaded


class Region(QuicklyLoaded):
    """An administrative division. ``path`` is minted once and never changes; the official ``code`` may (ADR 0003)."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    code = models.CharField("区划代码", max_length=12, db_index=True)
    name = models.CharField("名称", max_length=60)
    level = models.CharField("层级", max_length=10, choices=RegionLevel)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    path = PathField(unique=True)
    wall_path = PathField(help_text="它所属的县（县级以上为自身）的路径：行级隔离的范围")
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    successor = models.ForeignKey("self", models.PROTECT, null=True, related_name="predecessors")

    class Meta:
        ordering = ("path",)
        constraints = [
            models.UniqueConstraint(fields=["code"], condition=models.Q(valid_to=None), name="region_code_current"),
        ]

    def __str__(self) -> str:
        return self.name


class Organisation(QuicklyLoaded):
    """Whoever can act or answer: government, committee, department, township, village, agency, enterprise."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    kind = models.CharField("类别", max_length=30, choices=OrganisationKind)
    name = models.CharField("名称", max_length=120)
    short_name = models.CharField("简称", max_length=40)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    path = PathField(unique=True)
    region = models.ForeignKey(Region, models.PROTECT, related_name="organisations")
    sectors = ArrayField(models.CharField(max_length=30, choices=Sector), default=list, blank=True)
    capacity = models.CharField("执法权", max_length=12, choices=Capacity, default=Capacity.NONE)
    document_prefix = models.CharField("文号机关代字", max_length=20, blank=True)
    seal_name = models.CharField("印章名称", max_length=120, blank=True)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)

    class Meta:
        ordering = ("path",)
        indexes = [models.Index(fields=["region", "kind"], name="organisation_region_kind")]

    def __str__(self) -> str:
        return self.short_name


class UserManager(BaseUserManager["User"]):
    """Finds a user by sign-in name; accounts are made by ``accounts.actions``."""


class User(QuicklyLoaded, AbstractBaseUser):
    """A person who signs in. What they may do is in their grants, never here."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    username = models.CharField("用户名", max_length=60, unique=True)
    display_name = models.CharField("姓名", max_length=60)
    phone = models.CharField("手机", max_length=20, blank=True)
    email = models.EmailField("邮箱", blank=True)
    is_active = models.BooleanField("启用", default=True)
    temporary_password_until = models.DateTimeField("临时密码有效期至", null=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["display_name"]

    objects = UserManager()

    def __str__(self) -> str:
        return self.display_name


class Grant(QuicklyLoaded):
    """``user`` acts in ``role`` for ``organisation`` within ``region`` and ``sectors`` (empty: all), while valid."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="grants")
    role = models.CharField("角色", max_length=30, choices=ROLE_CHOICES)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="grants")
    region = models.ForeignKey(Region, models.PROTECT, related_name="grants")
    sectors = ArrayField(models.CharField(max_length=30, choices=Sector), default=list, blank=True)
    valid_from = models.DateField("生效日期")
    valid_to = models.DateField("失效日期", null=True)

    class Meta:
        ordering = ("user", "valid_from", "id")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_to=None) | models.Q(valid_to__gte=models.F("valid_from")),
                name="grant_period",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role}"

    @property
    def sectors_in_words(self) -> str:
        """工矿商贸、消防; empty when all."""
        return "、".join(str(Sector(code).label) for code in self.sectors)


class StandIn(QuicklyLoaded):
    """请假代办: ``user`` acts under ``grant`` in its holder's stead, from day to day. It ends by itself, or early."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    grant = models.ForeignKey(Grant, models.PROTECT, related_name="stand_ins")
    user = models.ForeignKey(User, models.PROTECT, related_name="standing_in")
    valid_from = models.DateField("开始日期")
    valid_to = models.DateField("结束日期")
    ended_at = models.DateTimeField("提前结束", null=True)

    class Meta:
        ordering = ("-valid_from", "-id")
        constraints = [
            models.CheckConstraint(condition=models.Q(valid_to__gte=models.F("valid_from")), name="stand_in_period"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.grant_id}"


class Participation(QuicklyLoaded):
    """``organisation`` takes part in a matter: the second half of every scope. ``matter_id`` is the UUIDv7 of the
    record, whichever table it stands in."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    matter_id = models.UUIDField()
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="participations")
    organisation_path = PathField()
    kind = models.CharField(max_length=20, choices=ParticipationKind)
    region_path = PathField()
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["matter_id", "organisation", "kind"], name="participation_once"),
        ]
        indexes = [models.Index(fields=["organisation_path", "region_path", "matter_id"], name="participation_of")]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.kind}"
