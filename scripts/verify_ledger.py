#!/usr/bin/env python3
"""Check an export of the ledger, or a receipt, without Anlan: one file, Python 3.9 or newer, no network.

    python3 verify_ledger.py FILE [--key KEY ...] [--heads SAVED]

FILE     from ``anlan ledger export FILE`` (JSON lines), or a receipt (JSON)
--key    the public key (64 hexadecimal digits) or its id (16) as it was published; others are refused
--heads  tree heads saved earlier, as /api/v1/ledger/tree-heads gives them: the ledger must still begin as it did then

Exit code 0: everything fits. 1: something was altered, is missing, was put in, or cannot be read. Signatures (Ed25519)
are checked where the package ``cryptography`` is there; else the last line says so. Forms: ADR 0006; tree: RFC 6962.
"""

import argparse
import hashlib
import json
import sys
from pathlib import Path

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:
    Ed25519PublicKey = None


class Broken(Exception):  # noqa: N818 - a finding
    """What does not fit, in a sentence."""


def canonical(value):
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def read(text):
    """The JSON of a text. What can be read in two ways is nothing: numbers but integers, a name given twice."""
    once = {"object_pairs_hook": lambda some: dict(some) if len(dict(some)) == len(some) else None}
    return json.loads(text, parse_float=int, parse_constant=int, **once)


def node_hash(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """The tree so far, as its full subtrees."""

    def __init__(self):
        self.size, self.peaks = 0, []

    def append(self, leaf):
        rest, self.size = self.size, self.size + 1
        while rest % 2:
            leaf = node_hash(self.peaks.pop(), leaf)
            rest //= 2
        self.peaks.append(leaf)

    def root(self):
        if not self.peaks:
            return hashlib.sha256(b"").hexdigest()
        found = self.peaks[-1]
        for left in reversed(self.peaks[:-1]):
            found = node_hash(left, found)
        return found.hex()


class Trust:
    """What the reader knows from elsewhere: the keys, and heads seen before. ``used`` are the keys that were met."""

    def __init__(self, keys=(), saved=None):
        self.keys, self.saved, self.used = set(keys), dict(saved or {}), set()

    def check_head(self, head, where):
        """The form of a head, its key, its signature."""
        if head.get("type") != "anlan-tree-head" or head.get("v") != 1:
            raise Broken(f"{where}不是树头")
        key, signature = bytes.fromhex(head["public_key"]), bytes.fromhex(head["signature"])
        short = hashlib.sha256(key).hexdigest()[:16]
        if self.keys and not self.keys & {short, key.hex()}:
            raise Broken(f"{where}由另一把密钥签名：{short}")
        self.used.add(short)
        if signature.hex() != head["signature"]:
            raise Broken(f"{where}的签名不是规范形式")
        unsigned = {name: value for name, value in head.items() if name != "signature"}
        if Ed25519PublicKey is not None:
            try:
                Ed25519PublicKey.from_public_bytes(key).verify(signature, canonical(unsigned))
            except (InvalidSignature, ValueError) as error:
                raise Broken(f"{where}的签名不符") from error

    def check_root(self, size, root):
        """That the tree of this size is one seen before."""
        if self.saved and self.saved.get(size) != root:
            raise Broken(f"前 {size} 条的根不在保存的树头里：账本在那以后被改写过，或没有保存过这个条数的")


def leaf_of(line, index, number):
    """The leaf of an entry's line: its bytes are the ones that were hashed, to the letter."""
    frame = b',"leaf_hash":"%s","leaf_index":%d}\n'
    start = len(line) - len(frame % (b"0" * 64, index))
    leaf = hashlib.sha256(b"\x00" + line[len(b'{"entry":') : start]).digest()
    if line[start:] == frame % (leaf.hex().encode(), index):
        return leaf
    written = read(line).get("leaf_index")
    if written != index:
        raise Broken(f"第 {number} 行应是第 {index} 条，写的是第 {written} 条：有条目缺少、多出或换了位置")
    raise Broken(f"第 {number} 行，第 {index} 条：内容与它的哈希不符")


def check_export(first, lines, trust):
    """All lines, one after another, in memory of a fixed size. Returns what to say."""
    tree, heads, sealed, at = Tree(), 0, 0, ""
    for number, line in enumerate(lines, 2):
        if line.startswith(b'{"entry":'):
            tree.append(leaf_of(line, tree.size, number))
            if tree.size in trust.saved:
                trust.check_root(tree.size, tree.root())
            continue
        where = f"第 {number} 行的树头"
        head = read(line)
        trust.check_head(head, where)
        if line != canonical(head) + b"\n" or head["at"] < at:
            raise Broken(f"{where}不是规范形式，或比它之前的树头还早")
        if head.get("size") != tree.size or not sealed < tree.size:
            raise Broken(f"{where}写的是前 {head.get('size')} 条，这里是第 {tree.size} 条：有条目缺少或多出")
        if head.get("root") != tree.root():
            raise Broken(f"{where}的根不符：第 {sealed} 至 {tree.size - 1} 条中有的被改动、缺少或插入")
        heads, sealed, at = heads + 1, tree.size, head["at"]
    ending = {"v": 1, "type": "anlan-ledger", "size": tree.size, "root": tree.root(), "heads": heads}
    if first != canonical(ending) + b"\n" or sealed != tree.size:
        raise Broken(f"读到 {tree.size} 条、{heads} 个树头，封存到第 {sealed} 条，与第 1 行所写的不符：文件不完整")
    if trust.saved and max(trust.saved) > tree.size:
        raise Broken(f"保存的树头已有 {max(trust.saved)} 条，这里只有 {tree.size} 条：少了后面的条目")
    return f"{tree.size} 条全部相符，树头 {heads} 个，根 {tree.root()}"


def check_receipt(receipt, trust):
    """One entry against one head. Returns what to say."""
    head, index = receipt["tree_head"], receipt["leaf_index"]
    trust.check_head(head, "回执的树头")
    leaf = hashlib.sha256(b"\x00" + canonical(receipt["entry"])).digest()
    if leaf.hex() != receipt["leaf_hash"]:
        raise Broken("条目的内容与它的哈希不符")
    place, last = index, head["size"] - 1
    fits = 0 <= place <= last
    for sibling in [bytes.fromhex(part) for part in receipt["inclusion"]]:
        fits = fits and last > 0
        if fits and (place % 2 or place == last):
            leaf = node_hash(sibling, leaf)
            while place and place % 2 == 0:
                place, last = place // 2, last // 2
        else:
            leaf = node_hash(leaf, sibling)
        place, last = place // 2, last // 2
    if not fits or last != 0 or leaf.hex() != head["root"]:
        raise Broken("包含证明不成立：这条不在那棵树里")
    trust.check_root(head["size"], head["root"])
    return f"第 {index} 条在前 {head['size']} 条的树里，根 {head['root']}，签名时间 {head['at']}"


def check(lines, trust):
    """What to say of a file that fits, given line by line; raises Broken for any other."""
    try:
        first = next(lines, b"")
        if first.startswith(b'{"heads":'):
            return check_export(first, lines, trust)
        return check_receipt(read(first + b"".join(lines)), trust)
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError) as error:
        raise Broken(f"文件读不出来（{error}）") from error


def saved_heads(path):
    """Size to root, from a page of the API or a list of heads."""
    found, saved = read(Path(path).read_text("utf-8")), {}
    for head in found["items"] if isinstance(found, dict) else found:
        if saved.setdefault(head["size"], head["root"]) != head["root"]:
            raise Broken(f"保存的树头里 {head['size']} 条的有两个不同的根：有人给不同的人看了不同的账本")
    if not saved:
        raise Broken("保存的树头一个也没有，无从对照")
    return saved


def main():
    parser = argparse.ArgumentParser(description="验证安澜账本的导出文件或存证回执")
    parser.add_argument("file", help="导出的账本(JSONL)或回执(JSON)")
    parser.add_argument("--key", action="append", default=[], help="公布的公钥或其编号;可重复")
    parser.add_argument("--heads", help="以前保存的树头(JSON)")
    options = parser.parse_args()
    try:
        trust = Trust(options.key, saved_heads(options.heads) if options.heads else None)
        with Path(options.file).open("rb") as file:
            print("相符：" + check(iter(file), trust))
    except (Broken, OSError, KeyError, TypeError, ValueError) as error:
        sys.exit(f"不符：{error}")
    print("密钥编号：" + ("、".join(sorted(trust.used)) or "无"))
    print("签名：" + ("没有核对（未安装 cryptography）" if Ed25519PublicKey is None else "相符"))


if __name__ == "__main__":
    main()
