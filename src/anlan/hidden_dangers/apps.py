from importlib import import_module

from django.apps import AppConfig


class HiddenDangersConfig(AppConfig):
    name = "anlan.hidden_dangers"
    label = "hidden_dangers"
    verbose_name = "隐患"

    def ready(self) -> None:
        import_module("anlan.hidden_dangers.reactions")
        import_module("anlan.hidden_dangers.sheets").register_kinds()
        import_module("anlan.hidden_dangers.invariants").register_invariants()
