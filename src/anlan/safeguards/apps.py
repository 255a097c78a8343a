from importlib import import_module

from django.apps import AppConfig


class SafeguardsConfig(AppConfig):
    name = "anlan.safeguards"
    label = "safeguards"
    verbose_name = "活动保障"

    def ready(self) -> None:
        import_module("anlan.safeguards.reactions")
        import_module("anlan.safeguards.invariants").register_invariants()
