from django.apps import AppConfig
from django.db.backends.signals import connection_created

from anlan.reads.instants import read_instants


class AuthzConfig(AppConfig):
    name = "anlan.authz"
    label = "authz"
    verbose_name = "权限"

    def ready(self) -> None:
        connection_created.connect(read_instants)
