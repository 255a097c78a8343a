"""How the forms of acts work: uploads first, so that nothing is lost, then the action, which decides what is right."""

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from django import forms

from anlan.authz.actors import Actor
from anlan.files.api import Evidence, EvidenceField, StoredFile, own_uploads
from anlan.lib.refusals import FieldError, Invalid, Refusal
from anlan.register.forms.enterprises import GatheringForm

T = TypeVar("T")


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **attrs: Any) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


def textarea() -> forms.Textarea:
    return forms.Textarea(attrs={"rows": 3})


class ActForm(GatheringForm):
    """One act. ``run`` stores what was uploaded, calls the action and shows what it refuses."""

    use_required_attribute = False
    intro = ""

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        self.actor = actor
        self.kept: dict[str, list[StoredFile]] = {}
        super().__init__(*args, **{"label_suffix": "", **options})
        for field in self.fields.values():
            verb = "选择" if isinstance(field, forms.ChoiceField) else "填写"
            field.error_messages["required"] = f"请{verb}{field.label}。"

    def run(self, act: Callable[[dict[str, Any]], T]) -> T | None:
        """What the action made, or None: then the form says why, with everything that was typed."""
        self._store_uploads()
        if not self.is_valid():
            return None
        try:
            return act(self.cleaned_data)
        except Refusal as refusal:
            self.take(refusal)
        return None

    def take(self, refusal: Refusal) -> None:
        """As everywhere; a form calls its files papers, since Django keeps ``files`` for itself."""
        if isinstance(refusal, Invalid):
            renamed = [FieldError("/papers" if e.pointer == "/files" else e.pointer, e.message) for e in refusal.errors]
            refusal = Invalid(renamed)
        super().take(refusal)

    def file_ids(self, name: str = "papers") -> list[UUID]:
        return [file.id for file in self.kept.get(name, [])]

    def _store_uploads(self) -> None:
        self.is_valid()
        for name, field in self.fields.items():
            if isinstance(field, EvidenceField):
                evidence: Evidence = self[name].data
                stored, errors = field.store(self.actor, evidence)
                self.kept[name] = [*own_uploads(self.actor, evidence.kept), *stored]
                for error in errors:
                    self.add_error(name, error)
