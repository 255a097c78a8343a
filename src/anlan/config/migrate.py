"""Bring the database up to the code: roles, tables, privileges. The only place where we are the owner."""

import os
from collections.abc import Sequence

import django
from django.apps import apps
from django.core.management import execute_from_command_line
from django.db import connections

from anlan.config import database, env, roles


def main(_: str, arguments: Sequence[str]) -> None:
    """``anlan migrate``: Django's own command, between making the roles and granting the privileges."""
    environment = as_owner()
    roles.prepare(environment)
    django.setup()
    execute_from_command_line(["anlan", "migrate", *arguments])
    secure(environment)


def as_owner() -> env.Environment:
    """From here on this process is the owner. Before Django's settings are read, or it would have no effect."""
    os.environ["ANLAN_DB_ROLE"] = "owner"
    environment = env.read()
    database.ensure_running(environment)
    return environment


def secure(environment: env.Environment) -> None:
    """Grant the application its rights on the tables that are there now, and look at the database."""
    connections.close_all()
    roles.grant(environment.owner(), environment.app().user, append_only=append_only_tables())
    roles.require_chinese_trigrams(environment.app())


def append_only_tables() -> list[str]:
    """Tables of the models that say ``append_only = True``."""
    return sorted(
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if getattr(model, "append_only", False)
    )
