"""What is put down about an enterprise or a site, checked as a whole before anything is written."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any, Self
from uuid import UUID

from anlan.authz.choices import Sector
from anlan.lib import clock, hashing, phones
from anlan.lib.refusals import FieldError, Invalid
from anlan.register import credit_code
from anlan.register.choices import ObjectKind, ObjectStatus, OperatingStatus, PartyKind, PersonPost, SourceCrs
from anlan.register.licence_terms import LICENCES
from anlan.register.models import Enterprise, Licence, Site, SupervisedObject

# Never in the ledger in clear: a salted hash stands for them (DESIGN §5).
PERSONAL = frozenset({"legal_representative", "phone", "people", "party_name", "party_phone"})


@dataclass(frozen=True, kw_only=True)
class EnterpriseFacts:
    """Everything a person may put down about an enterprise."""

    name: str
    region_id: UUID
    short_name: str = ""
    unified_social_credit_code: str = ""
    legal_representative: str = ""
    phone: str = ""
    industry_code: str = ""
    above_designated_size: bool | None = None
    employee_count: int | None = None
    status: str = OperatingStatus.OPERATING
    registered_address: str = ""

    @classmethod
    def of(cls, enterprise: Enterprise) -> Self:
        """What stands in the register now."""
        return cls(
            name=enterprise.name,
            region_id=enterprise.region_id,
            short_name=enterprise.short_name,
            unified_social_credit_code=enterprise.unified_social_credit_code or "",
            legal_representative=enterprise.legal_representative,
            phone=enterprise.phone,
            industry_code=enterprise.industry_id or "",
            above_designated_size=enterprise.above_designated_size,
            employee_count=enterprise.employee_count,
            status=enterprise.status,
            registered_address=enterprise.registered_address,
        )

    def checked(self) -> Self:
        """The same, tidied. Raises Invalid (422) naming every bad field."""
        clean = replace(
            _stripped(self),
            unified_social_credit_code=credit_code.compact(self.unified_social_credit_code),
            industry_code=self.industry_code.strip().upper(),
        )
        errors = [
            *_text(clean, "name", "企业名称", 120, needed=True),
            *_text(clean, "short_name", "简称", 40),
            *_text(clean, "legal_representative", "法定代表人", 60),
            *_text(clean, "registered_address", "注册地址", 200),
            *_phone("/phone", clean.phone),
            *_choice("/status", clean.status, OperatingStatus, "经营状态"),
        ]
        if clean.unified_social_credit_code and (problem := credit_code.problem_of(clean.unified_social_credit_code)):
            errors.append(FieldError("/unified_social_credit_code", problem))
        if clean.employee_count is not None and not 0 <= clean.employee_count <= 10_000_000:
            errors.append(FieldError("/employee_count", "从业人数应为 0 至 1000 万之间的整数。"))
        return _or_invalid(clean, errors)


@dataclass(frozen=True, kw_only=True)
class PersonFacts:
    """A person who answers for safety at a site."""

    name: str
    post: str
    phone: str = ""

    def errors(self, above: str = "") -> list[FieldError]:
        """What is wrong with it; ``above`` is the pointer of the person."""
        return [
            *_text(self, "name", "姓名", 60, needed=True, above=above),
            *_choice(f"{above}/post", self.post, PersonPost, "职务"),
            *_phone(f"{above}/phone", self.phone),
        ]


@dataclass(frozen=True, kw_only=True)
class SiteFacts:
    """Everything a person may put down about a site.

    ``local_unit_id`` None: the township of the region. ``sectors``: each gets the county's regulator for it.
    The position is in ``source_crs`` as given; in the register it is WGS-84.
    """

    name: str
    address: str
    region_id: UUID
    local_unit_id: UUID | None = None
    status: str = OperatingStatus.OPERATING
    longitude: Decimal | None = None
    latitude: Decimal | None = None
    source_crs: str = ""
    people: tuple[PersonFacts, ...] = ()
    sectors: tuple[str, ...] = ()

    @classmethod
    def of(cls, site: Site) -> Self:
        """What stands in the register now, the position in WGS-84 whatever it was given in.

        People and regulators cost one query each unless prefetched.
        """
        return cls(
            name=site.name,
            address=site.address,
            region_id=site.region_id,
            local_unit_id=site.local_unit_id,
            status=site.status,
            longitude=site.longitude,
            latitude=site.latitude,
            source_crs="" if site.longitude is None else SourceCrs.WGS84,
            people=tuple(
                PersonFacts(name=person.name, post=person.post, phone=person.phone) for person in site.people.all()
            ),
            sectors=tuple(sorted(regulator.sector for regulator in site.regulators.all())),
        )

    def checked(self) -> Self:
        """The same, tidied. Raises Invalid (422) naming every bad field."""
        clean = replace(
            _stripped(self),
            people=tuple(_stripped(person) for person in self.people),
            sectors=tuple(sorted(set(self.sectors))),
        )
        errors = [
            *_text(clean, "name", "场所名称", 120, needed=True),
            *_text(clean, "address", "场所地址", 200, needed=True),
            *_choice("/status", clean.status, OperatingStatus, "经营状态"),
            *_position(clean),
        ]
        for number, sector in enumerate(clean.sectors):
            errors += _choice(f"/sectors/{number}", sector, Sector, "行业领域")
        for number, person in enumerate(clean.people):
            errors += person.errors(f"/people/{number}")
        return _or_invalid(clean, errors)


@dataclass(frozen=True, kw_only=True)
class ObjectFacts:
    """Everything a person may put down about a supervised object; the party is the one that ``party_kind`` names."""

    kind: str
    name: str
    address: str
    region_id: UUID
    status: str = ObjectStatus.IN_USE
    longitude: Decimal | None = None
    latitude: Decimal | None = None
    source_crs: str = ""
    party_kind: str = ""
    party_enterprise_id: UUID | None = None
    party_organisation_id: UUID | None = None
    party_name: str = ""
    party_phone: str = ""
    sectors: tuple[str, ...] = ()

    @classmethod
    def of(cls, found: SupervisedObject) -> Self:
        """What stands in the register now, the position in WGS-84."""
        same = {field.name: getattr(found, field.name) for field in fields(cls) if field.name != "sectors"}
        same["source_crs"] = "" if found.longitude is None else SourceCrs.WGS84
        return cls(**same, sectors=tuple(sorted(regulator.sector for regulator in found.regulators.all())))

    @property
    def position(self) -> tuple[Any, ...]:
        return self.longitude, self.latitude, self.source_crs

    def checked(self) -> Self:
        """The same, tidied. Raises Invalid (422) naming every bad field."""
        clean = replace(_stripped(self), sectors=tuple(sorted(set(self.sectors))))
        errors = [
            *_choice("/kind", clean.kind, ObjectKind, "对象类别"),
            *_text(clean, "name", "名称", 120, needed=True),
            *_text(clean, "address", "地址", 200, needed=True),
            *_choice("/status", clean.status, ObjectStatus, "状态"),
            *_position(clean),
            *_text(clean, "party_name", "责任人", 60),
            *_phone("/party_phone", clean.party_phone),
            *_party(clean),
        ]
        for number, sector in enumerate(clean.sectors):
            errors += _choice(f"/sectors/{number}", sector, Sector, "行业领域")
        return _or_invalid(clean, errors)


@dataclass(frozen=True, kw_only=True)
class LicenceFacts:
    """Everything a person may put down about a licence. ``valid_to`` None: 长期有效; ``site_id`` None: of the legal
    person; ``title`` says what it is called where the kind is 其他."""

    kind: str
    number: str
    valid_from: date
    valid_to: date | None = None
    title: str = ""
    issued_by: str = ""
    scope: str = ""
    site_id: UUID | None = None

    @classmethod
    def of(cls, licence: Licence) -> Self:
        """What stands in the register now."""
        return cls(**{field.name: getattr(licence, field.name) for field in fields(cls)})

    def checked(self) -> Self:
        """The same, tidied. Raises Invalid (422) naming every bad field."""
        clean = _stripped(self)
        errors = [
            *_text(clean, "number", "证号", 60, needed=True),
            *_text(clean, "title", "证照名称", 80, needed=clean.kind == "OTHER"),
            *_text(clean, "issued_by", "发证机关", 80),
            *_text(clean, "scope", "许可范围", 300),
        ]
        if clean.kind not in LICENCES:
            errors.append(FieldError("/kind", f"证照类别中没有“{clean.kind}”。"))
        if clean.valid_from.year < 1949 or clean.valid_from > clock.LAST_DAY:
            errors.append(FieldError("/valid_from", "有效期的起始日期不对，请核对年份。"))
        if clean.valid_to is not None and not clean.valid_from <= clean.valid_to <= clock.LAST_DAY:
            errors.append(FieldError("/valid_to", "有效期止不能早于有效期起；长期有效的不填。"))
        return _or_invalid(clean, errors)


def _party(found: ObjectFacts) -> Iterable[FieldError]:
    """One party, of the kind that was said."""
    if found.party_kind and found.party_kind not in PartyKind.values:
        yield FieldError("/party_kind", f"责任主体类别中没有“{found.party_kind}”。")
        return
    if found.party_kind == PartyKind.ENTERPRISE and found.party_enterprise_id is None:
        yield FieldError("/party_enterprise", "请填写责任企业。")
    if found.party_kind == PartyKind.ORGANISATION and found.party_organisation_id is None:
        yield FieldError("/party_organisation", "请选择责任单位。")
    if found.party_kind == PartyKind.PERSON and not found.party_name:
        yield FieldError("/party_name", "请填写责任人姓名。")
    if found.party_kind != PartyKind.ENTERPRISE and found.party_enterprise_id is not None:
        yield FieldError("/party_enterprise", "责任主体不是企业，请不要填责任企业。")
    if found.party_kind != PartyKind.ORGANISATION and found.party_organisation_id is not None:
        yield FieldError("/party_organisation", "责任主体不是单位，请不要选责任单位。")


def difference(before: Any, after: Any) -> dict[str, Any]:
    """What changed, field by field, fit for the ledger: ``{"name": {"from": …, "to": …}}``.

    ``before`` is None for a new record. Personal fields are salted hashes.
    """
    changes: dict[str, Any] = {}
    for field in fields(after):
        old = getattr(before, field.name) if before is not None else None
        new = getattr(after, field.name)
        if old == new or (before is None and new in ("", None, ())):
            continue
        changes[field.name] = _concealed(old, new) if field.name in PERSONAL else {"from": old, "to": new}
    return changes


def _concealed(old: Any, new: Any) -> dict[str, str | None]:
    salt = hashing.new_salt()
    return {"salt": salt, "from": _hash(old, salt), "to": _hash(new, salt)}


def _hash(value: Any, salt: str) -> str | None:
    if not value:
        return None
    plain = value if isinstance(value, str) else [[one.name, one.post, one.phone] for one in value]
    return hashing.salted_hash(plain if isinstance(plain, str) else hashing.canonical_bytes(plain).decode(), salt)


def _stripped(facts: Any) -> Any:
    texts = {field.name: getattr(facts, field.name) for field in fields(facts)}
    return replace(facts, **{name: value.strip() for name, value in texts.items() if type(value) is str})


def _text(
    facts: Any, name: str, label: str, longest: int, *, needed: bool = False, above: str = ""
) -> Iterable[FieldError]:
    value = getattr(facts, name)
    if needed and not value:
        yield FieldError(f"{above}/{name}", f"请填写{label}。")
    elif len(value) > longest:
        yield FieldError(f"{above}/{name}", f"{label}不能超过 {longest} 个字。")


def _phone(pointer: str, value: str) -> Iterable[FieldError]:
    if value and not phones.numbers(value):
        yield FieldError(pointer, phones.REFUSAL)


def _choice(pointer: str, value: str, choices: Any, label: str) -> Iterable[FieldError]:
    if value not in choices.values:
        yield FieldError(pointer, f"{label}中没有“{value}”。")


def _position(site: SiteFacts | ObjectFacts) -> Iterable[FieldError]:
    given = [site.longitude is not None, site.latitude is not None, bool(site.source_crs)]
    if not any(given):
        return
    if not all(given):
        yield FieldError("/longitude", "经度、纬度和坐标来源要么都填，要么都不填。")
        return
    yield from _choice("/source_crs", site.source_crs, SourceCrs, "坐标来源")
    if not (site.longitude is not None and 73 <= site.longitude <= 136):
        yield FieldError("/longitude", "经度应在 73 至 136 之间，请核对是否与纬度填反。")
    if not (site.latitude is not None and 3 <= site.latitude <= 54):
        yield FieldError("/latitude", "纬度应在 3 至 54 之间，请核对是否与经度填反。")


def _or_invalid(clean: Any, errors: list[FieldError]) -> Any:
    if errors:
        raise Invalid(errors)
    return clean
