"""What somebody changed in the words of a matter, as its history keeps it: old and new value stand in the note, which is
personal text; the ledger is told only which items changed."""

from typing import Any

from anlan.authz.choices import Sector
from anlan.hidden_dangers.choices import Cause, Level

LABELS = {
    "description": "描述",
    "place": "地点",
    "clause": "依据条款",
    "sector": "行业领域",
    "cause": "成因",
    "suggested_level": "建议等级",
    "site": "场所",
    "object": "监管对象",
}
DICTIONARIES: dict[str, Any] = {"sector": Sector, "cause": Cause, "suggested_level": Level}


def change(item: str, before: str, after: str) -> str:
    """``地点：东门 → 西门``."""
    return f"{LABELS[item]}：{_in_words(item, before)} → {_in_words(item, after)}"


def changes(before: dict[str, str], after: dict[str, str]) -> tuple[list[str], str]:
    """Which items differ, and all of it in a sentence, empty where nothing does."""
    changed = [item for item in before if before[item] != after[item]]
    said = "；".join(change(item, before[item], after[item]) for item in changed)
    return changed, f"{said}。" if said else ""


def _in_words(item: str, value: str) -> str:
    if not value:
        return "（空）"
    return str(DICTIONARIES[item](value).label) if item in DICTIONARIES else value
