from importlib import import_module

from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "anlan.desk"
    label = "desk"
    verbose_name = "工作台"

    def ready(self) -> None:
        import_module("anlan.desk.addresses")
