"""granian, with the whole application loaded before it forks its workers: ``python -m anlan.config.serve ARGUMENTS``.

A worker that was killed is replaced at once instead of after the seconds that loading takes, and what was loaded is in
memory once. Loading opens no connection and starts no thread, so nothing is shared that must not be.
"""

import gc

from django.urls import get_resolver
from granian.cli import entrypoint

from anlan.config import wsgi


def main() -> None:
    assert wsgi.application is not None
    assert get_resolver().url_patterns  # every address, with the views behind it
    gc.freeze()  # the workers' collectors leave what is shared alone
    entrypoint()


if __name__ == "__main__":
    main()
