"""What pages and the API say of a matter. An enterprise never learns who reported it or by which channel
(DOMAIN §1): that is decided here, once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.urls import reverse

from anlan.authz.actors import Actor
from anlan.authz.models import Organisation
from anlan.files import api as files
from anlan.hidden_dangers.advice import rule_label
from anlan.hidden_dangers.choices import DirectionManner, HandlingMode, Level, LookBackResult, Status
from anlan.hidden_dangers.models import HiddenDanger
from anlan.hidden_dangers.policies import Checker, checker, may_direct, may_read_findings
from anlan.hidden_dangers.querysets import AWAITING_RECTIFICATION
from anlan.hidden_dangers.workflow import DIRECTED, PROCESS, RULE_ASKED, TRAVELLED
from anlan.http.api import LastAct
from anlan.lib import clock
from anlan.lib.refusals import Refusal
from anlan.processes import api as processes
from anlan.processes.api import Event, EventKind, Transition
from anlan.proofs import api as proofs
from anlan.ui.case import Act, ActionBar, Document, Kind, Photo, TimelineEntry
from anlan.ui.marks import Mark, due_mark

PUT_RIGHT = (Status.SUBMITTED, Status.ACCEPTED)
"""Put right by the party, and waiting for others."""
SUSPENDED_MARK = Mark("暂缓中", "grey", "due")
ENDED_MARK = Mark("不再计期限", "grey", "due")

BEFORE_DISPATCH = frozenset(
    {
        "hidden_danger.registered",
        "hidden_danger.returned_to_reporter",
        "hidden_danger.confirmed",
        "hidden_danger.major_proposed",
        "hidden_danger.major_refused",
        "hidden_danger.screening_overdue",
        "hidden_danger.major_decision_overdue",
        "hidden_danger.dispatch_overdue",
    }
)
"""Events inside government that an enterprise does not see unless it reported the matter itself."""

PUT_DOWN = {RULE_ASKED: "按标准判", DIRECTED: "领导调度", TRAVELLED: "随场所移交"}
STEP_TITLES = {step.event: step.label for _, step in PROCESS.steps()}
VERB_LABELS = {transition.verb: transition.label for transition in PROCESS.transitions}
DANGEROUS = frozenset({"dismiss", "terminate", "return_to_reporter", "merge_duplicate"})
QUIET = frozenset({"withdraw", "correct"})
"""Seldom meant: never a button of their own."""


def hides_reporter(actor: Actor, matter: HiddenDanger) -> bool:
    """Whether the actor must not learn who reported the matter."""
    return actor.is_enterprise and actor.organisation_id != matter.reporter_id


def visible_events(actor: Actor, matter: HiddenDanger) -> list[Event]:
    """The matter's history as this actor may read it, the oldest first."""
    events = matter.history_read = processes.history_of(matter.id)
    if hides_reporter(actor, matter):
        events = [event for event in events if event.event not in BEFORE_DISPATCH]
    if not may_read_findings(actor, matter):
        events = [event for event in events if event.event != RULE_ASKED]
    if actor.is_enterprise:
        events = [event for event in events if event.event != DIRECTED]
    return events


def last_act(actor: Actor, matter: HiddenDanger) -> LastAct | None:
    """The last step of the matter that this actor may read of; None when there is none."""
    steps = [event for event in visible_events(actor, matter) if event.verb]
    if not steps:
        return None
    last = steps[-1]
    return LastAct(last.event, title_of(last), last.actor_label, last.organisation_label, last.at)


def title_of(event: Event) -> str:
    """What happened, in a word or two."""
    if event.event in PUT_DOWN:
        return PUT_DOWN[event.event]
    if event.kind == EventKind.COMMENT:
        return "留言"
    if event.kind == EventKind.DEADLINE:
        return STEP_TITLES.get(event.event, "时限提醒")
    return VERB_LABELS.get(event.verb, event.verb)


def timeline(
    actor: Actor,
    matter: HiddenDanger,
    events: list[Event] | None = None,
    evidence: Iterable[files.StoredFile] | None = None,
) -> list[TimelineEntry]:
    """The spine of the case page, the newest first, with the photos and papers of each act."""
    if events is None:
        events = visible_events(actor, matter)
    if evidence is None:
        evidence = evidence_of(matter)
    by_id = {str(file.id): file for file in evidence}
    names = _organisation_names(matter)
    return [_entry(actor, event, by_id, names) for event in reversed(events)]


def _entry(actor: Actor, event: Event, evidence: dict[str, Any], names: dict[str, str]) -> TimelineEntry:
    attached = [evidence[key] for key in event.payload.get("files", []) if key in evidence]
    transition = PROCESS.row(event.verb, event.from_status) if event.verb else None
    return TimelineEntry(
        at=event.at,
        what=title_of(event),
        who="" if event.kind == EventKind.DEADLINE else event.actor_label,
        organisation=event.organisation_label,
        kind=_kind_of(event),
        from_status=event.from_status,
        to_status=event.to_status,
        note=event.note,
        facts=_facts(event.payload, names),
        photos=[photo_of(file) for file in attached if file.is_image],
        documents=[document_of(file) for file in attached if not file.is_image],
        citation=transition.article if transition else "",
        late=event.kind == EventKind.DEADLINE and event.event.endswith("overdue"),
        imported=event.imported_at is not None,
        receipt_url=proofs.receipt_url(actor, event),
    )


def _kind_of(event: Event) -> Kind:
    if event.event in PUT_DOWN:
        return "document"
    return {EventKind.COMMENT: "comment", EventKind.DEADLINE: "deadline"}.get(event.kind, "act")  # type: ignore[call-overload]


def _facts(payload: dict[str, Any], names: dict[str, str]) -> list[tuple[str, str]]:
    facts = []
    if payload.get("rule"):
        facts.append(("规则的结论", rule_label(payload["rule"], payload.get("value", ""))))
        facts.append(("版本", payload["version"]))
    if payload.get("leader"):
        facts.append(("调度领导", payload["leader"]))
        facts.append((DirectionManner(payload["manner"]).label, payload["held_on"]))
    if payload.get("level"):
        facts.append(("等级", Level(payload["level"]).label))
    if payload.get("clause"):
        facts.append(("依据条款", payload["clause"]))
    if payload.get("lead") in names:
        facts.append(("主办单位", names[payload["lead"]]))
    if payload.get("modes"):
        facts.append(("处置方式", "、".join(HandlingMode(mode).label for mode in payload["modes"])))
    if payload.get("due_on"):
        facts.append(("期限", payload["due_on"]))
    if payload.get("until"):
        facts.append(("申请延至", payload["until"]))
    if payload.get("review_on"):
        facts.append(("复核日期", payload["review_on"]))
    if payload.get("result") in LookBackResult:
        facts.append(("结果", LookBackResult(payload["result"]).label))
    if payload.get("missing"):
        facts.append(("五到位还缺", "、".join(payload["missing"])))
    return facts


def _organisation_names(matter: HiddenDanger) -> dict[str, str]:
    known: Iterable[Organisation | None] = (matter.lead, matter.dispatcher, matter.screening, matter.major_decider)
    return {str(organisation.id): organisation.short_name for organisation in known if organisation is not None}


def evidence_of(matter: HiddenDanger) -> list[files.StoredFile]:
    """The matter's photos and papers in the order they came."""
    return files.files_of(PROCESS.subject_type, [matter.id])[matter.id]


def photo_of(file: files.StoredFile) -> Photo:
    return Photo(
        url=reverse("files:view", args=[file.id]),
        thumbnail_url=reverse("files:thumb", args=[file.id]),
        caption=file.get_kind_display(),
        taken_at=file.taken_at,
    )


def document_of(file: files.StoredFile) -> Document:
    return Document(name=file.original_name, url=reverse("files:original", args=[file.id]), size=file.size)


@dataclass(frozen=True)
class Verb:
    """A verb that fits the state; ``refused`` says why it cannot be done now, empty when it can."""

    transition: Transition
    refused: str = ""


def verbs(actor: Actor, matter: HiddenDanger) -> list[Verb]:
    """The verbs of the state that this person may do; one whose condition is unmet is shown with the reason."""
    found = []
    refusals: dict[Checker, Refusal | None] = {}  # several verbs have one policy: it is asked once
    for transition in PROCESS.verbs_from(matter.status):
        if not actor.can(transition.permission):
            continue
        check = checker(transition.verb)
        if check not in refusals:
            refusals[check] = _refusal(check, actor, matter)
        refusal = refusals[check]
        if refusal is None:
            found.append(Verb(transition))
        elif refusal.status == 409 and transition.verb in ("submit_rectification", "confirm", "dispatch"):
            found.append(Verb(transition, refusal.reason))
    return found


def _refusal(check: Checker, actor: Actor, matter: HiddenDanger) -> Refusal | None:
    try:
        check(actor, matter)
    except Refusal as refusal:
        return refusal
    return None


def act_url(matter: HiddenDanger, verb: str) -> str:
    return reverse("hidden_dangers:act", args=[matter.id, verb.replace("_", "-")])


PRIMARY = (
    "register",
    "confirm_major",
    "confirm",
    "redispatch",
    "dispatch",
    "acknowledge",
    "approve_suspension",
    "approve_extension",
    "accept_rectification",
    "submit_rectification",
    "resume",
)
"""Which verb is a page's one primary button, the first that is possible."""


def action_bar(actor: Actor, matter: HiddenDanger, events: Sequence[Event] = ()) -> ActionBar:
    """What may be done now, by whom, until when, with a matter read by ``selectors.hidden_danger_to_show``. ``events``,
    the history, says what a withdrawal would take back."""
    possible = {verb.transition.verb: verb for verb in verbs(actor, matter)}
    ready = [name for name in PRIMARY if name in possible and not possible[name].refused]
    primary = ready[0] if ready else ""
    acts = {name: _act(matter, verb) for name, verb in possible.items()}
    last = next((event for event in reversed(events) if event.verb), None)
    if last is not None and "withdraw" in acts:
        acts["withdraw"] = replace(acts["withdraw"], label=f"撤回“{title_of(last)}”")
    quiet = [act for name, act in acts.items() if name in QUIET]
    directs = [Act(PUT_DOWN[DIRECTED], act_url(matter, "direct"))] if may_direct(actor, matter) else []
    rest = [*directs, *(act for name, act in acts.items() if name != primary and name not in QUIET)]
    deadline_kind, due_on = _running_deadline(matter)
    return ActionBar(
        now=_now(matter, deadline_kind),
        who=matter.holder.short_name if matter.is_open else "",
        due_on=due_on,
        primary=acts.get(primary),
        secondary=[act for act in rest if not act.danger][:2],
        more=[
            *[act for act in rest if not act.danger][2:],
            *quiet,
            *[act for act in rest if act.danger],
        ],
    )


def _running_deadline(matter: HiddenDanger) -> tuple[str, date | None]:
    """What the holder is waited for, and until when: a suspended matter is to be looked at again, not to be put right."""
    if matter.status == Status.SUSPENDED:
        return "", matter.review_on
    told: dict[str, str] | None = matter.running_deadline if matter.is_open else None  # type: ignore[attr-defined]
    return (told["kind"], date.fromisoformat(told["due_on"])) if told else ("", None)


def _act(matter: HiddenDanger, verb: Verb) -> Act:
    name = verb.transition.verb
    return Act(verb.transition.label, act_url(matter, name), danger=name in DANGEROUS, refused=verb.refused)


def _now(matter: HiddenDanger, deadline_kind: str) -> str:
    if not matter.is_open:
        return PROCESS.statuses(matter.status).label
    words = {
        "REGISTERED": "等待核定",
        "RETURNED_TO_REPORTER": "等待上报人补充",
        "CONFIRMED": "等待交办",
        "DISPATCHED": "等待签收",
        "RECTIFYING": "正在整改",
        "SUSPENDED": "暂缓整改，等待复核",
        "SUBMITTED": "等待验收",
    }
    word = words.get(matter.status, PROCESS.statuses(matter.status).label)
    return f"{word}（待判定是否重大）" if deadline_kind == "DECIDE_MAJOR" else word


def reached(matter: HiddenDanger, events: Iterable[Event]) -> dict[str, datetime]:
    """When each step of the loop was reached last, by the step's word."""
    words = {
        "register": "登记",
        "confirm": "核定",
        "confirm_major": "核定",
        "dispatch": "交办",
        "acknowledge": "签收",
        "submit_rectification": "报验",
        "accept_rectification": "验收",
        "close": "销号",
    }
    return {words[event.verb]: event.at for event in events if event.verb in words}


def due_mark_of(matter: HiddenDanger) -> Mark | None:
    """How it stands with the due date; None without one. What was submitted waits for others and is no longer late;
    what is suspended is not meanwhile."""
    if matter.due_on is None:
        return None
    if matter.status == Status.SUSPENDED:
        return SUSPENDED_MARK
    if matter.is_open and matter.status not in PUT_RIGHT:
        return due_mark(matter.due_on, today=clock.today())
    if matter.submitted_at is None:
        return ENDED_MARK
    how = "报验" if matter.is_open else "办结"
    return due_mark(matter.due_on, today=clock.today(), finished_on=clock.legal_date(matter.submitted_at), how=how)


def party_name(matter: HiddenDanger) -> str:
    """The responsible party in a word; empty while it is not known."""
    if matter.party_enterprise is not None:
        return matter.party_enterprise.name
    if matter.party_organisation is not None:
        return matter.party_organisation.name
    return matter.party_person


def is_overdue(matter: HiddenDanger) -> bool:
    """Whether the due date has passed and it still is to be put right."""
    waiting = matter.status in AWAITING_RECTIFICATION
    return waiting and matter.due_on is not None and matter.due_on < clock.today()
