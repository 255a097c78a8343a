"""Documents made from the transition tables, the roles and the rules: files of `docs/reference`; other slices register
theirs."""

from collections.abc import Callable, Iterable

from anlan.authz.permissions import LABELS, Permission
from anlan.authz.roles import ROLES, Reach
from anlan.processes.tables import PROCESSES, Process, Transition
from anlan.rules.documents import rules_page, schema

HEAD = "<!-- 由 `anlan generate_docs` 生成，不要手改。 -->\n"

REACHES = {
    Reach.REGION: "本区域全部",
    Reach.SECTOR: "本区域本行业",
    Reach.ORGANISATION: "本单位及下级",
    Reach.PARTICIPATION: "仅参与的事项",
}


def states() -> str:
    """State diagrams, transitions and deadlines of every process."""
    return HEAD + "\n# 状态与时限\n\n" + "\n".join(_process(process) for process in PROCESSES.values())


def permissions() -> str:
    """Which role has which permission."""
    roles = [role for role in ROLES.values() if role.code != "SYSTEM"]
    heading = ["权限", "代码", *(role.label for role in roles)]
    rows = [
        [LABELS[permission], f"`{permission}`", *("●" if permission in role.permissions else "" for role in roles)]
        for permission in Permission
    ]
    reach = ["看到的范围", "", *(REACHES[role.reach] for role in roles)]
    note = "范围 =（区域 ∩ 行业 ∩ 本单位及下级）∪ 本单位参与的事项。没有列出的一律不允许。\n"
    return f"{HEAD}\n# 角色与权限\n\n{note}\n{table(heading, [reach, *rows])}\n"


def _process(process: Process) -> str:
    return f"""## {process.label}（`{process.subject_type}`）

```mermaid
{diagram(process)}
```

{_transitions(process)}

### 时限与逐级提醒

{_deadlines(process)}
"""


def diagram(process: Process) -> str:
    """The state diagram in Mermaid; verbs that leave the status as it is stand in the table only."""
    lines = ["stateDiagram-v2"]
    lines += [f'    state "{status.label}" as {status.value}' for status in process.statuses if _used(process, status)]
    for transition in process.transitions:
        if transition.target:
            lines += [
                f"    {source or '[*]'} --> {transition.target}: {transition.label}" for source in transition.sources
            ]
    return "\n".join(lines)


def _used(process: Process, status: str) -> bool:
    return any(status == transition.target or status in transition.sources for transition in process.transitions)


def _transitions(process: Process) -> str:
    heading = ["动作", "动词", "从", "到", "谁", "条件", "文书", "依据", "事件"]
    return table(heading, [_transition(process, transition) for transition in process.transitions])


def _transition(process: Process, transition: Transition) -> list[str]:
    sources = "、".join(process.statuses(s).label if s else "（新）" for s in transition.sources)
    target = process.statuses(transition.target).label if transition.target else "不变"
    return [
        transition.label,
        f"`{transition.verb}`",
        sources,
        target,
        transition.who,
        transition.requires,
        transition.document,
        transition.article,
        f"`{transition.event}`",
    ]


def _deadlines(process: Process) -> str:
    rows = []
    for kind in process.deadlines.values():
        starts = [t.label for t in process.transitions if kind.kind in t.opens]
        ends = [t.label for t in process.transitions if kind.kind in t.meets]
        ladder = "；".join(f"{_when(step.days)} {step.label}" for step in kind.ladder)
        rows.append([kind.label, "、".join(starts), "、".join(dict.fromkeys(ends)), kind.article, ladder])
    return table(["时限", "起算", "办结", "依据", "逐级提醒（到期日起）"], rows)


def _when(days: int) -> str:
    return {0: "当天", 1: "次日"}.get(days, f"前 {-days} 天" if days < 0 else f"后 {days} 天")


def table(heading: list[str], rows: Iterable[list[str]]) -> str:
    lines = [heading, ["---"] * len(heading), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


DOCUMENTS: dict[str, Callable[[], str]] = {
    "states.md": states,
    "permissions.md": permissions,
    "rules.md": rules_page,
    "rules.schema.json": schema,
}


def register_document(name: str, make: Callable[[], str]) -> None:
    """Let ``generate_docs`` write ``docs/reference/<name>`` as well."""
    DOCUMENTS[name] = make
