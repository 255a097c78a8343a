"""``/api/v1/ledger``: the signed heads and the proofs for anybody, receipts for whoever acted."""

from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from anlan.authz.permissions import Permission
from anlan.http import api as http
from anlan.proofs import selectors, wire
from anlan.proofs.presenters import receipt_file_of

router = Router(tags=["存证账本"])

PUBLISHED = "公布的树头只有条数、根、时间和签名，公布了才能让别人作证"
HASHES_ONLY = "证明里只有哈希，谁都可以拿去核对"

Count = Annotated[int, Field(ge=0, lt=2**63)]


class TreeHeadOut(Schema):
    """``signature``: Ed25519 over the canonical JSON of everything else (docs/adr/0006)."""

    v: Literal[1]
    type: Literal["anlan-tree-head"]
    size: int
    root: str
    at: str = Field(description="UTC，六位微秒：签名就是这个写法")
    public_key: str
    signature: str


class ProofOut(Schema):
    """Hashes in the order of RFC 6962 §2.1.1 and §2.1.2."""

    path: list[str]


class ReceiptOut(Schema):
    """``entry`` is what was hashed; null in the rest means that it has not been sealed yet."""

    v: Literal[1]
    type: Literal["anlan-receipt"]
    entry: dict[str, Any]
    leaf_hash: str
    leaf_index: int | None
    inclusion: list[str] | None
    tree_head: TreeHeadOut | None


@router.get("/ledger/tree-heads", response=http.Page[TreeHeadOut], summary="签名的树头", url_name="tree_head_list")
@http.public(PUBLISHED)
def list_tree_heads(request: HttpRequest, page: Query[http.PageQuery]) -> Any:
    """The latest first."""
    sheet = http.paginate(selectors.heads(), page)
    items = [wire.published_head_of(head) for head in sheet.items]
    return {"items": items, "count": sheet.count, "count_is_exact": sheet.count_is_exact, "next_cursor": None}


@router.get("/ledger/consistency", response=ProofOut, summary="一致性证明", url_name="ledger_consistency")
@http.public(HASHES_ONLY)
def prove_consistency(request: HttpRequest, first: Query[Count], second: Query[Count]) -> Any:
    """That the tree of ``second`` leaves begins with the one of ``first``."""
    return {"path": [part.hex() for part in selectors.consistency_path(first, second)]}


@router.get("/ledger/inclusion", response=ProofOut, summary="包含证明", url_name="ledger_inclusion")
@http.public(HASHES_ONLY)
def prove_inclusion(request: HttpRequest, leaf_index: Query[Count], size: Query[Count]) -> Any:
    """That the leaf of that index is in the tree of ``size`` leaves."""
    return {"path": [part.hex() for part in selectors.inclusion_path(leaf_index, size)]}


@router.get("/ledger/receipts/{uuid:entry_id}", response=ReceiptOut, summary="存证回执", url_name="ledger_receipt")
@http.requires(Permission.RECEIPT_VIEW)
def read_receipt(request: HttpRequest, entry_id: UUID) -> Any:
    """The receipt for an own act; ``scripts/verify_ledger.py`` checks it."""
    return receipt_file_of(selectors.receipt(http.actor_of(request), entry_id))


@router.get(
    "/ledger/receipts/{uuid:subject_id}/{uuid:event_id}",
    response=ReceiptOut,
    summary="经过里一步的存证回执",
    url_name="ledger_receipt_of_event",
)
@http.requires(Permission.RECEIPT_VIEW)
def read_receipt_of_event(request: HttpRequest, subject_id: UUID, event_id: UUID) -> Any:
    """The same for an own step of a subject's history, by the ids the history gives."""
    actor = http.actor_of(request)
    entry = selectors.entry_of_event(actor, subject_id, event_id)
    return receipt_file_of(selectors.receipt(actor, entry.entry_id))
