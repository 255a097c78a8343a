"""How every form of the loop works: it gathers a payload, runs its command, and shows what the command answers."""

from collections.abc import Mapping
from typing import Any, ClassVar, cast
from uuid import UUID

from django import forms
from django.http import QueryDict
from pydantic import ValidationError

from anlan.authz.actors import Actor
from anlan.authz.scope import require
from anlan.files import api as files
from anlan.hidden_dangers.commands import COMMANDS
from anlan.hidden_dangers.forms.evidence import Evidence, EvidenceField
from anlan.hidden_dangers.models import HiddenDanger
from anlan.hidden_dangers.policies import checker
from anlan.hidden_dangers.workflow import PROCESS
from anlan.http.api import last_act
from anlan.lib.refusals import FieldError, Invalid, NotInScope, Refusal, Stale
from anlan.processes import api as processes

WORDS = {
    "missing": "请填写这一项。",
    "string_too_long": "文字太长，请精简。",
    "date_from_datetime_parsing": "日期不对，请按“年-月-日”填写。",
    "enum": "请从选项中选择。",
    "too_long": "数量太多。",
    "uuid_parsing": "请从选项中选择。",
}


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **attrs: Any) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


class EvidenceForm(forms.Form):
    """A form that may take files. Uploads are stored first, so that nothing is lost when something else is wrong."""

    use_required_attribute = False

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        self.actor = actor
        self.kept: dict[str, list[files.StoredFile]] = {}
        super().__init__(*args, **{"label_suffix": "", **options})
        for field in self.fields.values():
            verb = "选择" if isinstance(field, forms.ChoiceField) else "填写"
            field.error_messages["required"] = f"请{verb}{field.label}。"

    def store_uploads(self) -> None:
        """Store what was uploaded and find again what was kept, also when something else is wrong. Call once."""
        self.is_valid()
        for name, field in self.fields.items():
            if isinstance(field, EvidenceField):
                evidence: Evidence = self[name].data
                stored, errors = field.store(self.actor, evidence)
                self.kept[name] = [*files.own_uploads(self.actor, evidence.kept), *stored]
                for error in errors:
                    self.add_error(name, error)

    def evidence_ids(self, name: str) -> list[UUID]:
        return [file.id for file in self.kept.get(name, [])]

    def refuse(self, refusal: Refusal) -> None:
        """Show a refusal where it belongs: at its field, or at the top with its article."""
        if isinstance(refusal, Invalid):
            for error in refusal.errors:
                self._point(error)
            return
        if isinstance(refusal, Stale):
            self._catch_up(refusal)
            return
        cited = f"（依据{refusal.citation}）" if refusal.citation else ""
        self.add_error(None, f"{refusal.reason}{cited}")

    def _catch_up(self, stale: Stale) -> None:
        """Say that somebody was faster, and let the person decide once more with what they typed."""
        data = cast(QueryDict, self.data).copy()
        data["version"] = str(stale.extra["current_version"])
        self.data = data
        last = last_act(self.actor, stale)
        how = f"（{last.in_words}）" if last else ""
        told = f"这件隐患刚刚被别人办理过{how}。请先看看最新情况；内容已为您保留，确认无误后可以再次提交。"
        self.add_error(None, told)

    def _point(self, error: FieldError) -> None:
        name = self.field_of(error.pointer)
        self.add_error(name, error.message)

    def field_of(self, pointer: str) -> str | None:
        """The field a JSON pointer of the payload speaks of; None: the whole form."""
        first = pointer.strip("/").split("/")[0]
        return first if first in self.fields else None

    def refuse_all(self, wrong: ValidationError) -> None:
        """Show what pydantic says, in Chinese."""
        for error in wrong.errors():
            pointer = "/".join(str(part) for part in error["loc"])
            self._point(FieldError(f"/{pointer}", WORDS.get(error["type"], "这一项填得不对，请检查。")))


class CommandForm(EvidenceForm):
    """One verb on one matter. ``payload`` is what the command of the verb takes."""

    verb: ClassVar[str]
    intro: ClassVar[str] = ""
    template: ClassVar[str] = "hidden_dangers/forms/_fields.html"

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, matter: HiddenDanger, **options: Any) -> None:
        self.matter = matter
        options.setdefault("initial", {})
        options["initial"] = {"version": matter.version, **self.starting_values(matter), **options["initial"]}
        super().__init__(*args, **options)

    @classmethod
    def check(cls, actor: Actor, matter: HiddenDanger) -> None:
        """A form is not offered where it could only be refused: by role (403), state (409) or policy."""
        require(actor, PROCESS.rows_of(cls.verb)[0].permission)
        processes.check_state(PROCESS, matter, cls.verb)
        checker(cls.verb)(actor, matter)

    def offer(self, name: str, choices: Any) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def starting_values(self, matter: HiddenDanger) -> Mapping[str, Any]:
        """What is known already; only before anything was typed."""
        return {}

    def payload(self) -> dict[str, Any]:
        """The command's fields. Empty ones are left out, files become ids."""
        values: dict[str, Any] = {}
        for name, value in self.cleaned_data.items():
            if name == "version":
                continue
            value = self.evidence_ids(name) if isinstance(value, Evidence) else value
            if value not in (None, "", []):
                values[name] = value
        return values

    def run(self) -> HiddenDanger | None:
        """Run the command. None when it was refused: the form says why and keeps what was typed."""
        self.store_uploads()
        if not self.is_valid():
            return None
        version = self.cleaned_data.get("version")
        versions = frozenset({version}) if version is not None else None
        try:
            command = COMMANDS[self.verb].model_validate({"verb": self.verb, **self.payload()})
            return command.run(self.actor, self.matter.id, versions)
        except ValidationError as wrong:
            self.refuse_all(wrong)
        except NotInScope as gone:
            # The matter itself was found a moment ago; what is out of reach is something chosen in the form.
            self.refuse(gone)
        except Refusal as refusal:
            self.refuse(refusal)
        return None
