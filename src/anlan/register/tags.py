"""The kinds of tag a site may carry, as data (``tags.toml``)."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

KEY_SITE = "KEY_SITE"
"""Set by hand here; ``key_sites`` says which sites are key without it."""


@dataclass(frozen=True)
class TagKind:
    """``words`` say when to set it; a ``closed`` kind stays on the sites that carry it."""

    label: str
    words: str
    source: str
    verified: bool
    closed: bool = False


TAGS: dict[str, TagKind] = {
    code: TagKind(**values)
    for code, values in tomllib.loads(Path(__file__).with_name("tags.toml").read_text("utf-8")).items()
}

TAG_CHOICES = [(code, kind.label) for code, kind in TAGS.items()]


@dataclass(frozen=True)
class Tag:
    """A tag as a page and the API show it."""

    kind: str
    label: str


def tags_of(kinds: list[str] | None, *, is_key: bool = False) -> list[Tag]:
    """The tags of these kinds in the order of the data, 重点场所 also where the rule says so."""
    carried = {*(kinds or ()), *([KEY_SITE] if is_key else ())}
    return [Tag(code, kind.label) for code, kind in TAGS.items() if code in carried]
