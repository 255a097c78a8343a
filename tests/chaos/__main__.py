"""``make chaos``: kill -9 at random of every part of a working site, and a reckoning of what was acknowledged.

    python -m tests.chaos [--kills 60] [--seed N] [--minutes N]

Each kill waits for the first acknowledged write after the one before. Prints a table of the recoveries and one of the
writes, and as the last line the same as JSON; ends with 1 if anything is lost, doubled, altered, invented or late.
"""

import argparse
import os
import sys
import tempfile

from tests.database import this_run


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos")
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--minutes", type=float, default=float("inf"), help="end the storm then at the latest")
    options = parser.parse_args()
    for name in [name for name in os.environ if name.startswith(("ANLAN_", "PG")) or name == "DATABASE_URL"]:
        del os.environ[name]
    os.environ["ANLAN_HOME"] = str(this_run() / "home-chaos")
    os.environ["DJANGO_SETTINGS_MODULE"] = "anlan.config.settings"
    import django

    django.setup()  # the ledger's own way of hashing its entries
    from tests.chaos.harness import run

    return run(kills=options.kills, seed=options.seed, minutes=options.minutes)


if __name__ == "__main__":
    print(f"临时文件夹 {tempfile.gettempdir()}", flush=True)
    sys.exit(main())
