"""The database this installation uses: make sure that it runs."""

from anlan.config import wal
from anlan.config.embedded import FORGETFUL, Cluster
from anlan.config.env import Environment


def cluster(environment: Environment, *, forgetful: bool = False) -> Cluster:
    """The embedded PostgreSQL of an installation."""
    archive = None if forgetful else wal.folder(environment)
    return Cluster(
        environment.postgres_home,
        superuser_password=environment.secret("superuser_password"),
        log=environment.home / "logs" / "postgres.log",
        settings=FORGETFUL if forgetful else wal.settings(archive),
        wal_archive=archive,
    )


def ensure_running(environment: Environment) -> None:
    """Start the embedded PostgreSQL unless it runs or another one was given. It stays when this process ends."""
    if environment.embedded:
        cluster(environment).start()
