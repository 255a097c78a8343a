"""The lists of the register as ledgers in Excel: what the address of the list describes and the person sees."""

from pathlib import Path
from typing import Any

from django.http import QueryDict

from anlan.authz.actors import Actor
from anlan.jobs.api import Job
from anlan.lib import clock
from anlan.reads.counting import bounded_count
from anlan.register import selectors
from anlan.register.forms import EnterpriseFilterForm
from anlan.register.forms.licences import LicenceFilterForm
from anlan.register.forms.objects import ObjectFilterForm
from anlan.register.forms.sites import SiteFilterForm
from anlan.register.selectors import licences, objects
from anlan.register.tags import tags_of
from anlan.sheets.api import Ledger, LedgerColumn
from anlan.ui.lists import active_chips

CHUNK = 500
EVERYTHING = 10**7
SITES = (
    LedgerColumn("企业", 30, lambda site: site.enterprise.name),
    LedgerColumn("统一社会信用代码", 22, lambda site: site.enterprise.number),
    LedgerColumn("场所", 20, lambda site: site.name),
    LedgerColumn("地址", 32, lambda site: site.address),
    LedgerColumn("所在区划", 16, lambda site: site.region.name),
    LedgerColumn("属地单位", 18, lambda site: site.local_unit.name),
    LedgerColumn("主管部门", 30, lambda site: _regulators(site)),
    LedgerColumn("标签", 24, lambda site: "、".join(t.label for t in tags_of(site.tag_kinds, is_key=site.is_key))),
    LedgerColumn("缺什么", 16, lambda site: "、".join(gaps_of(site))),
    LedgerColumn("经营状态", 10, lambda site: site.get_status_display()),
)
OBJECTS = (
    LedgerColumn("名称", 30, lambda one: one.name),
    LedgerColumn("类别", 14, lambda one: one.get_kind_display()),
    LedgerColumn("地址", 32, lambda one: one.address),
    LedgerColumn("所在区划", 16, lambda one: one.region.name),
    LedgerColumn("属地单位", 18, lambda one: one.local_unit.name),
    LedgerColumn("主管部门", 30, lambda one: _regulators(one)),
    LedgerColumn("责任主体", 30, lambda one: _party(one)),
    LedgerColumn("责任人电话", 16, lambda one: one.party_phone),
    LedgerColumn("网格", 24, lambda one: "、".join(place.grid.name for place in one.grid_places.all())),
    LedgerColumn("缺什么", 16, lambda one: "、".join(gaps_of(one))),
    LedgerColumn("状态", 10, lambda one: one.get_status_display()),
    LedgerColumn("最近更新", 17, lambda one: one.changed_at),
    LedgerColumn("最近确认", 17, lambda one: one.confirmed_at),
)

LICENCES = (
    LedgerColumn("企业", 30, lambda licence: licence.enterprise.name),
    LedgerColumn("场所", 20, lambda licence: licence.site.name if licence.site else "整个企业"),
    LedgerColumn("属地", 16, lambda licence: (licence.site or licence.enterprise).region.name),
    LedgerColumn("证照", 26, lambda licence: licence.label),
    LedgerColumn("证号", 26, lambda licence: licence.number),
    LedgerColumn("发证机关", 22, lambda licence: licence.issued_by),
    LedgerColumn("有效期起", 12, lambda licence: licence.valid_from),
    LedgerColumn("有效期止", 12, lambda licence: licence.valid_to or "长期"),
    LedgerColumn("剩余天数", 10, lambda licence: (licence.valid_to - clock.today()).days if licence.valid_to else None),
    LedgerColumn("许可范围", 40, lambda licence: licence.scope),
    LedgerColumn("状态", 10, lambda licence: licence.get_status_display()),
)

ENTERPRISES = (
    LedgerColumn("企业", 32, lambda one: one.name),
    LedgerColumn("简称", 16, lambda one: one.short_name),
    LedgerColumn("统一社会信用代码", 22, lambda one: one.unified_social_credit_code),
    LedgerColumn("临时编号", 18, lambda one: one.own_no),
    LedgerColumn("所在区划", 16, lambda one: one.region.name),
    LedgerColumn("注册地址", 32, lambda one: one.registered_address),
    LedgerColumn("行业", 22, lambda one: one.industry.name if one.industry else ""),
    LedgerColumn("规模", 8, lambda one: one.size_label),
    LedgerColumn("从业人数", 10, lambda one: one.employee_count),
    LedgerColumn("法定代表人", 12, lambda one: one.legal_representative),
    LedgerColumn("联系电话", 16, lambda one: one.phone),
    LedgerColumn("标签", 24, lambda one: "、".join(t.label for t in tags_of(one.tag_kinds, is_key=one.is_key))),
    LedgerColumn("场所数", 8, lambda one: one.site_count),
    LedgerColumn("经营状态", 10, lambda one: one.get_status_display()),
    LedgerColumn("最近更新", 17, lambda one: one.changed_at),
    LedgerColumn("最近确认", 17, lambda one: one.confirmed_at),
)


def write_enterprises(path: Path, job: Job, actor: Actor, query: dict[str, list[str]]) -> str:
    """Write the enterprises; the name of the file."""
    address = address_of(query)
    form = EnterpriseFilterForm(address, actor=actor)
    rows = selectors.enterprises(actor, form.as_filters())
    ledger = Ledger("企业底册", ENTERPRISES, in_words(form, address), "家")
    shown = rows.with_names().with_site_count().iterator(CHUNK)
    ledger.write(path, job, actor, shown, bounded_count(rows, EVERYTHING)[0])
    return ledger.file_name(actor)


def write_licences(path: Path, job: Job, actor: Actor, query: dict[str, list[str]]) -> str:
    """Write the licences; the name of the file."""
    address = address_of(query)
    form = LicenceFilterForm(address, actor=actor)
    rows = licences.licences(actor, form.as_filters(), clock.today())
    ledger = Ledger("证照到期表", LICENCES, in_words(form, address), "本")
    shown = licences.with_names(rows).iterator(CHUNK)
    ledger.write(path, job, actor, shown, bounded_count(rows, EVERYTHING)[0])
    return ledger.file_name(actor)


def write_sites(path: Path, job: Job, actor: Actor, query: dict[str, list[str]]) -> str:
    """Write the sites; the name of the file."""
    address = address_of(query)
    form = SiteFilterForm(address, actor=actor)
    rows = selectors.sites(actor, form.as_filters())
    shown = selectors.with_regulators(rows.with_names().with_gaps())
    ledger = Ledger("生产经营场所台账", SITES, in_words(form, address), "处")
    ledger.write(path, job, actor, shown.iterator(CHUNK), bounded_count(rows, EVERYTHING)[0])
    return ledger.file_name(actor)


def write_objects(path: Path, job: Job, actor: Actor, query: dict[str, list[str]]) -> str:
    """Write the supervised objects; the name of the file."""
    address = address_of(query)
    form = ObjectFilterForm(address, actor=actor)
    rows = objects.supervised_objects(actor, form.as_filters())
    ledger = Ledger("监管对象台账", OBJECTS, in_words(form, address), "处")
    shown = objects.for_a_ledger(rows).iterator(CHUNK)
    ledger.write(path, job, actor, shown, bounded_count(rows, EVERYTHING)[0])
    return ledger.file_name(actor)


def gaps_of(site: Any) -> list[str]:
    """What a site or an object of ``with_gaps`` lacks, in words."""
    gaps = {"主管部门": site.no_regulator, "属地单位": site.no_local_unit, "网格": site.no_grid}
    return [word for word, missing in gaps.items() if missing]


def _regulators(site: Any) -> str:
    return "；".join(f"{one.get_sector_display()}：{one.organisation.short_name}" for one in site.regulators.all())


def _party(one: Any) -> str:
    unit = one.party_enterprise or one.party_organisation
    return str(unit.name) if unit else str(one.party_name)


def address_of(query: dict[str, list[str]]) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, values in query.items():
        data.setlist(name, values)
    return data


def in_words(form: Any, address: QueryDict) -> str:
    return "；".join(f"{chip.label}：{chip.value}" for chip in active_chips(form, address))
