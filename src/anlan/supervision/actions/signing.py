"""签字 of a hidden-danger list: what was shown is frozen, hashed and signed in one act."""

from django.db import IntegrityError, transaction

from anlan.authz.actors import Actor
from anlan.authz.choices import ParticipationKind
from anlan.authz.participation import take_part
from anlan.authz.permissions import Permission
from anlan.authz.scope import require
from anlan.ledger import api as ledger
from anlan.lib import clock, hashing
from anlan.lib.refusals import Invalid, Refused
from anlan.supervision.models import SignedList, SignedListRow
from anlan.supervision.periods import Period
from anlan.supervision.selectors import signed_lists as selectors

LONGEST = 60


def sign_list(
    *, actor: Actor, period: Period, signatory: str, post: str = "", content_hash: str | None = None
) -> SignedList:
    """Sign the list of the actor's organisation. ``content_hash`` is that of the list the signatory was shown.

    Raises Forbidden (403), Invalid (422), Refused (409): the period is not over, the list keeps the signature it has,
    or it changed while it was being looked at.
    """
    require(actor, Permission.SIGNED_LIST_SIGN)
    signatory, post = _text(signatory, "signatory", "分管负责人姓名"), post.strip()[:LONGEST]
    if not period.is_over:
        raise Refused("period_not_over", f"{period.label}还没有结束，结束以后再签字。")
    with transaction.atomic():
        keeper = selectors.keeper_for(actor)
        rows = selectors.rows_now(keeper, period)
        computed = selectors.content_hash(keeper.id, period, rows)
        if content_hash is not None and content_hash != computed:
            raise Refused("content_changed", "清单刚刚有变动，请核对最新内容后再签字。")
        latest = selectors.latest_editions(actor, [keeper.id], period).get(keeper.id)
        if latest is not None and latest.content_hash == computed:
            raise Refused("signed_already", f"{period.label}的清单已经签字，签字以来没有变动。")
        signed = SignedList(
            region_path=keeper.region.path,
            organisation=keeper,
            organisation_path=keeper.path,
            level=selectors.level_of(keeper) or "",
            period_kind=period.kind,
            starts_on=period.first,
            ends_on=period.last,
            edition=latest.edition + 1 if latest else 1,
            row_count=len(rows),
            major_count=sum(row.level.startswith("重大") for row in rows),
            content_hash=computed,
            signatory=signatory,
            post=post,
            signed_by_id=actor.person_id,
            signed_at=clock.now(),
        )
        _write(signed, rows)
        take_part(
            matter_id=signed.id, organisation=keeper, kind=ParticipationKind.PARTY, region_path=signed.region_path
        )
        _record(actor, signed, period)
        return signed


def _write(signed: SignedList, rows: list[selectors.Row]) -> None:
    try:
        with transaction.atomic():
            signed.save(force_insert=True)
    except IntegrityError as twice:
        raise Refused("signed_already", "刚刚有人签了这一版，请刷新后再看。") from twice
    SignedListRow.objects.bulk_create(
        SignedListRow(signed_list=signed, region_path=signed.region_path, position=position, **vars(row))
        for position, row in enumerate(rows, 1)
    )


def _record(actor: Actor, signed: SignedList, period: Period) -> None:
    salt = hashing.new_salt()
    ledger.record(
        actor=actor,
        subject_type="signed_list",
        subject_id=signed.id,
        region_path=signed.region_path,
        event=selectors.EVENT,
        payload={
            "organisation": signed.organisation_id,
            "period": period.code,
            "edition": signed.edition,
            "row_count": signed.row_count,
            "content_hash": signed.content_hash,
            "signatory": {"salt": salt, "hash": hashing.salted_hash(signed.signatory, salt)},
        },
    )


def _text(value: str, pointer: str, label: str) -> str:
    value = value.strip()
    if not value:
        raise Invalid.at(f"/{pointer}", f"请填写{label}。")
    if len(value) > LONGEST:
        raise Invalid.at(f"/{pointer}", f"{label}不超过 {LONGEST} 个字。")
    return value
