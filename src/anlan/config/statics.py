"""The files that pages need: collected into one folder, under names that carry a hash of their content."""

import hashlib
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.management import call_command

from anlan.config.secrets import write_private

PACKAGES = ("django", "django-ninja", "django-allauth", "django-cotton", "django-htmx")


class HashedWhenCollected(ManifestStaticFilesStorage):
    """Hashed names after the files were collected; plain names before that, as in tests."""

    manifest_strict = False

    def stored_name(self, name: str) -> str:
        clean = self.clean_name(name)
        return str(self.hashed_files.get(self.hash_key(clean), clean))


def collect() -> bool:
    """Collect them unless that was done for the same files; tell whether there was anything to do."""
    root = Path(settings.STATIC_ROOT)
    stamp = root / ".stamp"
    now = _digest()
    if stamp.exists() and stamp.read_text("utf-8") == now:
        return False
    call_command("collectstatic", verbosity=0, interactive=False, clear=root.exists())
    write_private(stamp, now)
    return True


def _digest() -> str:
    """The state of our static files (path, size, time) and the versions of the packages that bring more."""
    lines = [f"{name} {version(name)}" for name in PACKAGES]
    for folder in sorted(Path(settings.BASE_DIR).rglob("static")):
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            found = file.stat()
            lines.append(f"{file} {found.st_size} {found.st_mtime_ns}")
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
