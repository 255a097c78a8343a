"""History, deadlines and their effects. A subject is named softly by (subject_type, subject_id)."""

from django.db import models

from anlan.authz.fields import PathField
from anlan.lib import ids
from anlan.processes.choices import DeadlineState, EventKind
from anlan.reads.loading import QuicklyLoaded


class Event(QuicklyLoaded):
    """One thing that happened to a subject: a transition, an effect of a deadline, a comment.

    It is the subject's history, the timeline's entry and what reactions are given. ``note`` is personal text and can
    be erased; the ledger holds only its salted hash. Read only through its subject, which is scoped.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    subject_type = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    region_path = PathField()
    kind = models.CharField(max_length=12, choices=EventKind)
    event = models.CharField(max_length=80)
    verb = models.CharField(max_length=40, blank=True)
    from_status = models.CharField(max_length=24, blank=True)
    to_status = models.CharField(max_length=24, blank=True)
    at = models.DateTimeField()
    user_id = models.UUIDField(null=True)
    grant_id = models.UUIDField(null=True)
    organisation_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=60)
    organisation_label = models.CharField(max_length=120, blank=True)
    note = models.TextField(blank=True)
    salt = models.CharField(max_length=32, blank=True)
    payload = models.JSONField(default=dict)
    undo = models.JSONField(default=dict, help_text="这一步改动的列在改动之前的值，供撤回")
    is_automatic = models.BooleanField(default=False, help_text="随上一步自动发生，与它一起撤回")
    imported_at = models.DateTimeField(null=True, help_text="随台账导入的时间；这一步不是在平台上办的，at 只到日")

    class Meta:
        ordering = ("at", "id")
        indexes = [models.Index(fields=["subject_id", "at"], name="event_subject")]

    def __str__(self) -> str:
        return self.event


class Deadline(QuicklyLoaded):
    """A running period of a subject. ``next_at`` is when the next rung of its ladder falls; null: none is left."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    subject_type = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    region_path = PathField()
    kind = models.CharField(max_length=30)
    due_on = models.DateField()
    article = models.CharField(max_length=120)
    state = models.CharField(max_length=10, choices=DeadlineState, default=DeadlineState.OPEN)
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    next_step = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    rests_since = models.DateField(null=True)
    rested_days = models.PositiveSmallIntegerField(default=0)
    """Days after the due date on which the ladder rested: they do not count as days of lateness."""

    class Meta:
        ordering = ("due_on", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["subject_id", "kind"],
                condition=models.Q(state__in=[DeadlineState.OPEN, DeadlineState.PAUSED]),
                name="deadline_one_running",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[DeadlineState.OPEN, DeadlineState.PAUSED], ended_at=None)
                | models.Q(state__in=[DeadlineState.MET, DeadlineState.CANCELLED], ended_at__isnull=False),
                name="deadline_ended_with_its_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at"],
                condition=models.Q(state=DeadlineState.OPEN, next_at__isnull=False),
                name="deadline_sweep",
            ),
            models.Index(fields=["subject_id"], name="deadline_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.due_on}"


class DeadlineEffect(QuicklyLoaded):
    """A rung that was reached. The unique pair is what makes every effect happen exactly once."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    deadline = models.ForeignKey(Deadline, models.PROTECT, related_name="effects")
    step = models.PositiveSmallIntegerField()
    region_path = PathField()
    at = models.DateTimeField()
    event = models.ForeignKey(Event, models.PROTECT)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["deadline", "step"], name="effect_once")]

    def __str__(self) -> str:
        return f"{self.deadline_id} {self.step}"
