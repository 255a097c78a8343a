"""The last head this machine signed, in a file beside its key: who has the database alone cannot make it sign another
past.

It is written once the head has been committed, so it may lag behind the database and never runs ahead. It is no part
of a backup: a restored ledger begins anew from where it was restored to.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from anlan.lib.whole_files import write_whole
from anlan.proofs import selectors, signing, wire
from anlan.proofs.models import TreeHead

NAME = "ledger-head.json"


@dataclass(frozen=True)
class Anchor:
    """``root`` is that of the first ``size`` leaves."""

    size: int
    root: bytes


def path() -> Path:
    return Path(settings.DATA_DIR) / NAME


def read() -> Anchor | None:
    """None where nothing has been signed yet."""
    try:
        found = json.loads(path().read_text("utf-8"))
    except FileNotFoundError:
        return None
    return Anchor(found["size"], bytes.fromhex(found["root"]))


def keep(size: int, root: bytes) -> None:
    """On disk when it returns."""
    text = json.dumps({"size": size, "root": root.hex()}).encode()

    def write(target: BinaryIO) -> None:
        target.write(text)

    write_whole(path().parent, write, path)


def departure() -> str:
    """Why the tree in the database is not the one that was signed here, in a sentence; empty if it is."""
    anchor = read()  # first: what is sealed meanwhile is written here after it was committed there
    head = selectors.latest_head()
    size = head.size if head else 0
    if anchor is None:
        return "" if head is None or _is_signed(head) else f"前 {size} 条的树头签名不符。"
    if size < anchor.size:
        return f"本机已签名到第 {anchor.size} 条，数据库里只到第 {size} 条：后面的被去掉了。"
    if selectors.root_of(anchor.size) != anchor.root:
        return f"前 {anchor.size} 条的根与本机签名时的不同：账本被改写过。"
    if head is not None and size > anchor.size and not _is_own(head):
        return f"前 {size} 条的树头不是本机签名的。"
    return ""


def _is_signed(head: TreeHead) -> bool:
    key, signature = bytes(head.public_key), bytes(head.signature)
    return signing.is_signed(message=wire.message_of(head), signature=signature, key=key)


def _is_own(head: TreeHead) -> bool:
    """Signed since the anchor was written: by the key at hand, or it was somebody else's."""
    return bytes(head.public_key) == signing.public_key() and _is_signed(head)
