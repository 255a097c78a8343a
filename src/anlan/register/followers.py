"""What of the register itself goes along when an enterprise or a site is merged. What hangs on the sites of an
enterprise goes with them."""

from anlan.register.actions import giving_way
from anlan.register.choices import OperatingStatus
from anlan.register.merging import Doubles, Mergeable, register_follower
from anlan.register.models import (
    Enterprise,
    Licence,
    ResponsibleOfficial,
    Site,
    SiteGrid,
    SitePerson,
    SiteRegulator,
    SiteTag,
    SiteTenancy,
    SiteTransfer,
    StatusChange,
)
from anlan.register.policies import needs_acceptance
from anlan.register.selectors import following
from anlan.register.selectors.following import at_site


def register_followers() -> None:
    register_follower(Enterprise, "处场所", "enterprise_id", following.sites, told=following.standing_sites)
    register_follower(
        Enterprise, "条状态变更", "enterprise_id", following.status_changes, obstacle=_two_resumptions
    )  # fmt: skip
    register_follower(Enterprise, "本证照", "enterprise_id", following.licences, obstacle=_same_licence)
    register_follower(Enterprise, "项出租", "landlord_id", following.tenancies, obstacle=_landlord_and_tenant)
    register_follower(Enterprise, "处其他监管对象", "party_enterprise_id", following.objects)
    register_follower(Enterprise, "次以前的合并", "survivor_id", following.merges)
    _register_followers_of_sites()


def _register_followers_of_sites() -> None:
    register_follower(Site, "条状态变更", "site_id", at_site(StatusChange), obstacle=_a_resumption)
    register_follower(Site, "本证照", "site_id", at_site(Licence), obstacle=_same_licence)
    register_follower(Site, "次移交", "site_id", at_site(SiteTransfer), obstacle=_a_transfer)
    register_follower(Site, "项承租", "tenant_site_id", at_site(SiteTenancy, "tenant_site_id"), obstacle=_same_lease)
    register_follower(Site, "项出租", "landlord_site_id", at_site(SiteTenancy, "landlord_site_id"))
    register_follower(Site, "名安全责任人", "site_id", at_site(SitePerson),
                      doubles=Doubles(following.same_people, giving_way.go))  # fmt: skip
    register_follower(Site, "个主管部门", "site_id", at_site(SiteRegulator),
                      doubles=Doubles(following.same_sectors, giving_way.go))  # fmt: skip
    register_follower(Site, "个网格归属", "site_id", at_site(SiteGrid), told=at_site(SiteGrid, left_at=None),
                      doubles=Doubles(following.same_kinds_of_grid, giving_way.leave_grids))  # fmt: skip
    register_follower(Site, "名包保人", "site_id", at_site(ResponsibleOfficial),
                      told=at_site(ResponsibleOfficial, valid_to=None),
                      doubles=Doubles(following.second_officials, giving_way.end_officials))  # fmt: skip
    register_follower(Site, "个标签", "site_id", at_site(SiteTag), told=at_site(SiteTag, removed_at=None),
                      doubles=Doubles(following.same_tags, giving_way.take_off_tags))  # fmt: skip
    register_follower(Site, "次以前的合并", "survivor_id", following.earlier_merges)


def _two_resumptions(merged: Enterprise, survivor: Enterprise) -> str:
    waiting = following.how_many_wait(merged, survivor) > 1
    return "两家都有一份复产申请在等验收，请先办完一份。" if waiting else _a_stop(merged, survivor)


def _a_resumption(merged: Site, survivor: Site) -> str:
    waiting = following.how_many_wait(merged, survivor) > 0
    return "有一份复产申请在等验收，请先办完。" if waiting else _a_stop(merged, survivor)


def _a_stop(merged: Mergeable, survivor: Mergeable) -> str:
    """What was stopped does not come back to work by being merged into what works."""
    works = survivor.status == OperatingStatus.OPERATING
    if not works or not needs_acceptance(merged.status, following.changes_in_force(merged)):
        return ""
    return f"“{merged.name}”停产以后还没有复产验收，不能并入在产的“{survivor.name}”：请先办复产验收，或者反过来合并。"


def _same_licence(merged: Mergeable, survivor: Mergeable) -> str:
    same = following.held_by_both(merged, survivor)
    both = "两处" if isinstance(merged, Site) else "两家"
    return f"{both}都登记了证照{'、'.join(same)}，请先注销其中一本。" if same else ""


def _a_transfer(merged: Site, survivor: Site) -> str:
    waits = following.waits_for_a_receiver(merged, survivor)
    return "有一处正在移交，等接收单位答复（或者撤回）以后再合并。" if waits else ""


def _landlord_and_tenant(merged: Enterprise, survivor: Enterprise) -> str:
    if following.rents_between(merged.id, survivor.id):
        return "两家之间登记了租赁关系，不像是同一家；确实是的，请先登记退租。"
    if following.same_tenants(merged.id, survivor.id):
        return "两家都登记了出租给同一处场所，请先登记退租其中一项。"
    return ""


def _same_lease(merged: Site, survivor: Site) -> str:
    leases = following.leases_once_one(merged, survivor)
    if any(landlord_site == tenant_site for _, landlord_site, tenant_site in leases):
        return "两处之间登记了租赁关系，不像是同一处；确实是的，请先登记退租。"
    return "两处登记了同一项租赁，请先登记退租其中一项。" if len(set(leases)) < len(leases) else ""
