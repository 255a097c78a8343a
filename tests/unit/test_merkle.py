"""The Merkle tree against the RFC's own words: the recursive definition, the worked example of 7 leaves, known roots."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.lib import merkle

# The inputs and roots of certificate-transparency's own reference tests.
INPUTS = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def by_definition(leaves: list[bytes]) -> bytes:
    """RFC 6962 §2.1, word for word: k is the largest power of two smaller than n."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return merkle.node_hash(by_definition(leaves[:k]), by_definition(leaves[k:]))


def test_nothing_has_the_hash_of_nothing():
    assert merkle.tree_hash([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize("size", range(1, 9))
def test_known_roots(size):
    leaves = [merkle.leaf_hash(entry) for entry in INPUTS[:size]]
    assert merkle.tree_hash(leaves).hex() == ROOTS[size - 1]


def test_the_worked_example_of_seven_leaves():
    a, b, c, d, e, f, j = (merkle.leaf_hash(f"d{n}".encode()) for n in range(7))
    g, h, i = merkle.node_hash(a, b), merkle.node_hash(c, d), merkle.node_hash(e, f)
    k, left = merkle.node_hash(g, h), merkle.node_hash(i, j)
    leaves = [a, b, c, d, e, f, j]
    assert merkle.tree_hash(leaves) == merkle.node_hash(k, left)
    assert merkle.inclusion_path(leaves, 0) == [b, h, left]
    assert merkle.inclusion_path(leaves, 3) == [c, g, left]
    assert merkle.inclusion_path(leaves, 4) == [f, j, k]
    assert merkle.inclusion_path(leaves, 6) == [i, k]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.binary(max_size=8), max_size=40))
def test_every_tree_is_that_of_the_definition_and_proves_each_leaf(entries):
    leaves = [merkle.leaf_hash(entry) for entry in entries]
    root = merkle.tree_hash(leaves)
    assert root == by_definition(leaves)
    for index, leaf in enumerate(leaves):
        path = merkle.inclusion_path(leaves, index)
        proof = {"index": index, "size": len(leaves), "path": path, "root": root}
        assert merkle.is_included(leaf=leaf, **proof)
        assert not merkle.is_included(leaf=merkle.leaf_hash(b"another"), **proof) or entries[index] == b"another"
        assert not merkle.is_included(leaf=leaf, **{**proof, "path": [*path, leaf]})
        assert not merkle.is_included(leaf=leaf, **{**proof, "index": len(leaves)})


def test_there_is_no_path_to_a_missing_leaf():
    with pytest.raises(IndexError):
        merkle.inclusion_path([merkle.leaf_hash(b"")], 1)


def consistency_by_definition(old: int, leaves: list[bytes], is_whole: bool = True) -> list[bytes]:
    """SUBPROOF of RFC 6962 §2.1.2, word for word."""
    if old == len(leaves):
        return [] if is_whole else [by_definition(leaves)]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if old <= k:
        return [*consistency_by_definition(old, leaves[:k], is_whole), by_definition(leaves[k:])]
    return [*consistency_by_definition(old - k, leaves[k:], False), by_definition(leaves[:k])]


def growing(leaves: list[bytes]) -> tuple[merkle.Frontier, merkle.Node]:
    """A tree grown leaf by leaf, and what it kept of each."""
    frontier = merkle.Frontier()
    kept = [frontier.append(leaf) for leaf in leaves]
    return frontier, lambda level, number: kept[((number + 1) << level) - 1][level]


def test_the_worked_consistency_proofs_of_seven_leaves():
    """RFC 6962 §2.1.3: from hash0 (3 leaves), hash1 (4) and hash2 (6) to the root."""
    a, b, c, d, e, f, j = leaves = [merkle.leaf_hash(f"d{n}".encode()) for n in range(7)]
    g, h, i = merkle.node_hash(a, b), merkle.node_hash(c, d), merkle.node_hash(e, f)
    k, left = merkle.node_hash(g, h), merkle.node_hash(i, j)
    _, node = growing(leaves)
    proofs = {
        old: [merkle.range_hash(*part, node) for part in merkle.consistency_ranges(old, 7)] for old in (3, 4, 6, 7)
    }
    assert proofs == {3: [c, d, g, left], 4: [left], 6: [i, j, k], 7: []}


@pytest.mark.parametrize("size", range(1, 9))
def test_known_roots_of_a_growing_tree(size):
    frontier, _ = growing([merkle.leaf_hash(entry) for entry in INPUTS[:size]])
    assert (frontier.size, frontier.root().hex()) == (size, ROOTS[size - 1])


def test_every_proof_of_every_small_tree():
    """All pairs up to 33 leaves: what a grown tree gives is the definition's, and is proof; nothing else is."""
    every = [merkle.leaf_hash(bytes([n])) for n in range(33)]
    assert merkle.Frontier().root() == merkle.EMPTY
    for size in range(1, len(every) + 1):
        leaves = every[:size]
        frontier, node = growing(leaves)
        root = frontier.root()
        assert root == by_definition(leaves)
        again = merkle.Frontier(size, [node(*name) for name in merkle.full_subtrees(0, size)])
        assert (again.root(), again.peaks) == (root, frontier.peaks)
        for index, leaf in enumerate(leaves):
            path = [merkle.range_hash(*part, node) for part in merkle.inclusion_ranges(index, size)]
            assert path == merkle.inclusion_path(leaves, index)
            assert merkle.is_included(leaf=leaf, index=index, size=size, path=path, root=root)
        for old in range(1, size + 1):
            path = [merkle.range_hash(*part, node) for part in merkle.consistency_ranges(old, size)]
            assert path == consistency_by_definition(old, leaves)
            proof = {"old": old, "new": size, "old_root": by_definition(leaves[:old]), "new_root": root, "path": path}
            assert merkle.is_consistent(**proof)
            assert not merkle.is_consistent(**{**proof, "old_root": merkle.leaf_hash(b"another")})
            assert not merkle.is_consistent(**{**proof, "path": [*path, leaves[0]]})
            assert not merkle.is_consistent(**{**proof, "new_root": merkle.EMPTY})
            assert not path or not merkle.is_consistent(**{**proof, "path": path[:-1]})


@pytest.mark.parametrize(("old", "new"), [(0, 3), (4, 3), (-1, 3)])
def test_there_is_no_proof_from_nothing_or_backwards(old, new):
    with pytest.raises(IndexError):
        merkle.consistency_ranges(old, new)
    assert not merkle.is_consistent(old=old, new=new, old_root=merkle.EMPTY, new_root=merkle.EMPTY, path=[])
