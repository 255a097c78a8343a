from importlib import import_module

from django.apps import AppConfig


class EnforcementConfig(AppConfig):
    name = "anlan.enforcement"
    label = "enforcement"
    verbose_name = "执法"

    def ready(self) -> None:
        import_module("anlan.enforcement.reactions")
