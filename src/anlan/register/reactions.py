"""What the register brings with it: who sees its files, where its messages lead, who is told what."""

from uuid import UUID

from django.urls import reverse

from anlan.authz.actors import Actor
from anlan.files import api as files
from anlan.notify import api as notify
from anlan.organisations import api as organisations
from anlan.processes import api as processes
from anlan.processes.api import Event, reaction
from anlan.register import workflow
from anlan.register.licence_terms import EXPIRED, REMINDERS, expiring
from anlan.register.licence_workflow import LICENCE
from anlan.register.models import Licence
from anlan.register.selectors import changes, licences

files.register_subject(workflow.STATUS.subject_type, changes.sees_status_change)
notify.register_address(workflow.STATUS.subject_type, lambda id_: reverse("register:status-change", args=[id_]))
notify.register_address(workflow.TRANSFER.subject_type, lambda id_: reverse("register:transfer", args=[id_]))
files.register_subject(LICENCE.subject_type, licences.sees_licence)
notify.register_address(LICENCE.subject_type, lambda id_: reverse("register:licence", args=[id_]))

RESUMPTIONS = {
    "status_change.resumption_requested": "有复产申请待验收",
    "status_change.resumption_accepted": "复产验收通过，可以恢复生产",
    "status_change.resumption_refused": "复产验收未通过",
}
TRANSFERS = {
    "site_transfer.proposed": "有场所移交给您，请接收或者说明理由",
    "site_transfer.confirmed": "移交的场所对方已接收",
    "site_transfer.refused": "移交的场所对方不接收，仍由本单位负责",
    "site_transfer.withdrawn": "移交给您的场所已撤回",
}


@reaction(*RESUMPTIONS)
def tell_about_resumption(actor: Actor, event: Event) -> None:
    """The 属地 unit hears of the request, whoever asked hears of the answer."""
    change = changes.status_change(actor, event.subject_id)
    asked = event.event == "status_change.resumption_requested"
    site = change.site
    to = site.local_unit_id if asked and site is not None else change.asked_for_id
    body = f"{change.enterprise.name} {site.name if site else ''}"
    processes.tell(actor, event, [to], RESUMPTIONS[event.event], body)


@reaction(*TRANSFERS)
def tell_about_transfer(actor: Actor, event: Event) -> None:
    """The other side hears of it."""
    transfer = changes.transfer(actor, event.subject_id)
    to_receiver = event.event in ("site_transfer.proposed", "site_transfer.withdrawn")
    to = transfer.to_unit_id if to_receiver else transfer.from_unit_id
    processes.tell(actor, event, [to], TRANSFERS[event.event], f"{transfer.site.enterprise.name} {transfer.site.name}")


EXPIRIES = {EXPIRED: "证照已过期，请停止相关活动并换证"} | {
    expiring(days): f"证照还有 {days} 天到期，请及时换证" for version in REMINDERS for days in version.days_before
}


@reaction(*EXPIRIES)
def tell_about_licence(actor: Actor, event: Event) -> None:
    """The enterprise hears that its licence runs out, and the 属地 unit that answers for it; each once."""
    licence = licences.licence(actor, event.subject_id)
    body = f"{licence.enterprise.name}：{licence}，有效期至 {licence.valid_to:%Y-%m-%d}"
    processes.tell(actor, event, _concerned_by(licence), EXPIRIES[event.event], body)


def _concerned_by(licence: Licence) -> list[UUID | None]:
    own = [licence.enterprise.organisation_id] if licence.enterprise.organisation_id else []
    if licence.site is not None:
        return [*own, licence.site.local_unit_id]
    units = [site.local_unit_id for site in licences.sites_of_licensee(licence.enterprise_id)]
    if not units and (unit := organisations.local_unit_of(licence.enterprise.region)) is not None:
        units = [unit.id]
    return [*own, *units]
