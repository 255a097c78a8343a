"""What of the register itself goes along when an enterprise is merged. What hangs on its sites goes with them."""

from anlan.register.merging import register_follower
from anlan.register.models import Enterprise
from anlan.register.selectors import following


def register_followers() -> None:
    register_follower("处场所", "enterprise_id", following.sites)
    register_follower("条状态变更", "enterprise_id", following.status_changes, obstacle=_two_resumptions)
    register_follower("本证照", "enterprise_id", following.licences, obstacle=_same_licence)
    register_follower("项出租", "landlord_id", following.tenancies, obstacle=_landlord_and_tenant)
    register_follower("处其他监管对象", "party_enterprise_id", following.objects)
    register_follower("次以前的合并", "survivor_id", following.merges)


def _two_resumptions(merged: Enterprise, survivor: Enterprise) -> str:
    waiting = all(following.waiting_changes(one.id).exists() for one in (merged, survivor))
    return "两家都有一份复产申请在等验收，请先办完一份。" if waiting else ""


def _same_licence(merged: Enterprise, survivor: Enterprise) -> str:
    same = following.numbers_of(merged.id) & following.numbers_of(survivor.id)
    return f"两家都登记了证照{'、'.join(sorted(number for _, number in same))}，请先注销其中一本。" if same else ""


def _landlord_and_tenant(merged: Enterprise, survivor: Enterprise) -> str:
    if following.rents_between(merged.id, survivor.id):
        return "两家之间登记了租赁关系，不像是同一家；确实是的，请先登记退租。"
    if following.same_tenants(merged.id, survivor.id):
        return "两家都登记了出租给同一处场所，请先登记退租其中一项。"
    return ""
