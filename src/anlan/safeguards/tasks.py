"""Long work of 活动保障."""

from typing import Any
from uuid import UUID

from anlan.authz.actors import Actor
from anlan.hidden_dangers import api as loop
from anlan.jobs.api import Job, Result, long_task, result_folder
from anlan.safeguards import selectors
from anlan.safeguards.choices import MatterState
from anlan.sheets.api import Ledger, LedgerColumn

CHUNK = 500
COLUMNS = (
    LedgerColumn("编号", 20, lambda one: one.number),
    LedgerColumn("隐患描述", 48, lambda one: one.description),
    LedgerColumn("地点", 30, lambda one: one.place),
    LedgerColumn("属地", 14, lambda one: one.region.name),
    LedgerColumn("等级", 10, lambda one: one.get_level_display()),
    LedgerColumn("状态", 10, lambda one: one.get_status_display()),
    LedgerColumn("责任主体", 30, lambda one: loop.party_name(one)),
    LedgerColumn("主办单位", 24, lambda one: one.lead.name if one.lead else ""),
    LedgerColumn("当前办理单位", 24, lambda one: "" if one.ended_at else one.holder.name),
    LedgerColumn("整改期限", 12, lambda one: one.due_on),
    LedgerColumn("登记时间", 17, lambda one: one.registered_at),
    LedgerColumn("办结时间", 17, lambda one: one.ended_at),
)


@long_task("safeguards.export_event")
def export_event(job: Job, actor: Actor, query: dict[str, Any]) -> Result:
    """Write the matters of an event, those the person may see now."""
    event = selectors.event(actor, UUID(query["event"][0]))
    state = MatterState(query["state"][0])
    rows = selectors.matters(actor, event, state)
    ledger = Ledger(f"{event.name}保障隐患", COLUMNS, f"{event.opens_on} 开幕，{state.label}", "件")
    path = result_folder(job) / "safeguard.xlsx"
    ledger.write(path, job, actor, rows.with_names().iterator(CHUNK), rows.count())
    return Result(path, ledger.file_name(actor))
