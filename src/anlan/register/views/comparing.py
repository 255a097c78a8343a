"""Two records beside each other, before they become one."""

from dataclasses import dataclass
from typing import Any

from anlan.authz.actors import Actor
from anlan.lib import clock
from anlan.register.models import Enterprise, Site
from anlan.register.tags import tags_of


@dataclass(frozen=True)
class Line:
    """A fact of both; ``taken``: the survivor takes it over; ``differs``: both have it, and not the same."""

    label: str
    merged: Any
    survivor: Any
    taken: bool = False

    @property
    def differs(self) -> bool:
        return self.merged not in ("", None) and self.survivor not in ("", None) and self.merged != self.survivor


def compared_enterprises(actor: Actor, merged: Enterprise, survivor: Enterprise) -> list[Line]:
    """The facts of the two beside each other."""
    labels: list[tuple[str, str, bool]] = [
        ("名称", "name", False),
        ("编号", "number", False),
        ("简称", "short_name", True),
        ("所在区划", "region", False),
        ("注册地址", "registered_address", True),
        ("法定代表人", "legal_representative", True),
        ("联系电话", "phone", True),
        ("所属行业", "industry", True),
        ("从业人数", "employee_count", True),
        ("经营状态", "get_status_display", False),
    ]
    lines = []
    for label, name, fills in labels:
        one, other = (_value(found, name) for found in (merged, survivor))
        lines.append(Line(label, one, other, fills and other in ("", None) and one not in ("", None)))
    return lines


def compared_sites(actor: Actor, merged: Site, survivor: Site) -> list[Line]:
    """The same of two sites, with what hangs on them in words."""
    one, other = _told(merged), _told(survivor)
    takes_position = survivor.longitude is None and merged.longitude is not None
    return [Line(label, one[label], other[label], label == "坐标" and takes_position) for label in one]


def _told(site: Any) -> dict[str, str]:
    regulators = (f"{one.organisation.short_name}（{one.get_sector_display()}）" for one in site.regulators.all())
    return {
        "名称": site.name,
        "地址": site.address,
        "所在区划": site.region.name,
        "属地单位": site.local_unit.short_name,
        "经营状态": site.get_status_display(),
        "坐标": f"{site.longitude}, {site.latitude}" if site.longitude is not None else "",
        "登记日期": f"{clock.legal_date(site.registered_at)}",
        "主管部门": "\n".join(regulators),
        "安全责任人": "\n".join(f"{one} {one.phone}".strip() for one in site.people.all()),
        "网格": "\n".join(one["name"] for one in site.told_grids),
        "包保人": "\n".join(one["name"] for one in site.told_officials),
        "标签": "、".join(tag.label for tag in tags_of(site.tag_kinds, is_key=site.is_key)),
    }


def _value(found: Enterprise, name: str) -> Any:
    value = getattr(found, name)
    return value() if callable(value) else value
