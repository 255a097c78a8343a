from importlib import import_module

from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    name = "anlan.supervision"
    label = "supervision"
    verbose_name = "督办"

    def ready(self) -> None:
        import_module("anlan.supervision.reactions")
        import_module("anlan.supervision.invariants").register_invariants()
