"""The front end's build, read from the manifest that Vite writes.

The manifest is read again when the file changes, so a rebuild needs no restart.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.core import checks
from django.templatetags.static import static

STATIC_DIR = Path(__file__).resolve().parents[1] / "static"
MANIFEST = STATIC_DIR / "build" / "manifest.json"
ICONS = "icons.svg"


@dataclass(frozen=True, slots=True)
class Entry:
    scripts: tuple[str, ...]
    styles: tuple[str, ...]
    preloads: tuple[str, ...]


NOT_BUILT = Entry((), (), ())


def entry(name: str) -> Entry:
    """The addresses a page needs for the entry point *name* (``desk``, ``field``, …)."""
    manifest = _manifest()
    if manifest is None:
        return NOT_BUILT
    return _entries(manifest)[name]


def icon_sheet() -> str:
    """The address of the one SVG file all icons are drawn from."""
    manifest = _manifest()
    return "" if manifest is None else _icon_sheet(manifest)


def check_front_end_is_built(**_: Any) -> list[checks.CheckMessage]:
    if MANIFEST.exists():
        return []
    return [
        checks.Warning(
            "前端尚未构建，页面将没有样式。",
            hint="在 frontend/ 目录执行 npm ci && npm run build；make run 会自动完成。",
            id="ui.W001",
        )
    ]


class _Manifest(dict[str, Any]):
    """A dict that can be a cache key: one object stands for one version of the file."""

    __hash__ = object.__hash__  # type: ignore[assignment]
    __eq__ = object.__eq__


def _manifest() -> _Manifest | None:
    try:
        changed = MANIFEST.stat().st_mtime_ns
    except FileNotFoundError:
        return None
    return _read(changed)


@lru_cache(maxsize=1)
def _read(_changed: int) -> _Manifest:
    return _Manifest(json.loads(MANIFEST.read_text("utf-8")))


@lru_cache(maxsize=4)
def _icon_sheet(manifest: _Manifest) -> str:
    # A list asks for it a hundred times.
    return _built(manifest[ICONS]["file"])


@lru_cache(maxsize=4)
def _entries(manifest: _Manifest) -> dict[str, Entry]:
    return {chunk["name"]: _collect(manifest, chunk) for chunk in manifest.values() if chunk.get("isEntry")}


def _collect(manifest: _Manifest, chunk: dict[str, Any]) -> Entry:
    styles = list(chunk.get("css", ()))
    preloads = []
    waiting, seen = list(chunk.get("imports", ())), set()
    while waiting:
        key = waiting.pop(0)
        if key in seen:
            continue
        seen.add(key)
        shared = manifest[key]
        preloads.append(shared["file"])
        styles += shared.get("css", ())
        waiting += shared.get("imports", ())
    return Entry(
        scripts=(_built(chunk["file"]),),
        styles=tuple(_built(path) for path in dict.fromkeys(styles)),
        preloads=tuple(_built(path) for path in preloads),
    )


def _built(path: str) -> str:
    return static(f"build/{path}")
