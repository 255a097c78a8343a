from importlib import import_module

from django.apps import AppConfig


class OversightConfig(AppConfig):
    name = "anlan.oversight"
    label = "oversight"
    verbose_name = "统计"

    def ready(self) -> None:
        import_module("anlan.oversight.documents")
