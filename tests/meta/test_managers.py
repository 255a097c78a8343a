"""``Model.objects`` stands only where reads and writes belong, and slices meet only at their doors."""

import ast
from collections.abc import Iterator
from pathlib import Path

import anlan

SOURCE = Path(anlan.__file__).parent
HOMES = {"querysets.py", "selectors.py", "actions.py", "invariants.py"}
FLOOR = {"authz", "lib", "reads", "rules", "ui", "http", "config"}
"""Their modules are libraries without a door: everybody above may use them."""

DOORS = {"api", "urls"}
"""What a slice shows to others: its functions, and its addresses to whoever mounts them."""

COMPOSER = "desk"
"""Makes pages from several slices, so it may also take what a slice's views show."""

AUTHZ_TABLES = {"Region", "Organisation", "User", "Grant", "Participation"}

EXCUSED = {
    "authz": "the floor: it has no actions; these files are the only readers and writers of its tables",
    "processes/events.py": "the one writer of events",
    "processes/deadlines.py": "the one writer of deadlines",
    "processes/importing.py": "events and deadlines that come in with a ledger",
}


def _modules() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(SOURCE.rglob("*.py")):
        yield path.relative_to(SOURCE), ast.parse(path.read_text("utf-8"))


def _is_home(path: Path) -> bool:
    in_home = path.name in HOMES or {"actions", "selectors", "migrations"} & set(path.parts)
    return bool(in_home) or any(str(path).startswith(excused) for excused in EXCUSED)


def _managers(tree: ast.Module) -> list[int]:
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in ("objects", "_default_manager", "_base_manager")
        and isinstance(node.value, ast.Name)
        and node.value.id[:1].isupper()
    ]


def test_managers_stay_in_their_homes():
    strays = [f"{path}:{line}" for path, tree in _modules() if not _is_home(path) for line in _managers(tree)]
    assert strays == []


def test_the_check_can_fail():
    assert _managers(ast.parse("Enterprise.objects.all()")) == [1]


def test_slices_meet_at_their_doors():
    strays = []
    for path, tree in _modules():
        slice_name = path.parts[0]
        for node in ast.walk(tree):
            if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith("anlan."):
                continue
            parts = (node.module or "").split(".")
            other = parts[1]
            if other in {slice_name, *FLOOR} or slice_name in ("config",):
                continue
            names = [alias.name for alias in node.names] if len(parts) == 2 else [parts[2]]
            doors = DOORS | {"views"} if slice_name == COMPOSER else DOORS
            strays += [f"{path}:{node.lineno} {other}.{name}" for name in names if name not in doors]
    assert strays == []
