from importlib import import_module

from django.apps import AppConfig


class InspectionsConfig(AppConfig):
    name = "anlan.inspections"
    label = "inspections"
    verbose_name = "检查"

    def ready(self) -> None:
        import_module("anlan.inspections.reactions")
        import_module("anlan.inspections.sheets").register_kinds()
        import_module("anlan.inspections.invariants").register_invariants()
