from importlib import import_module

from django.apps import AppConfig


class RegisterConfig(AppConfig):
    name = "anlan.register"
    label = "register"
    verbose_name = "监管对象"

    def ready(self) -> None:
        import_module("anlan.register.reactions")
        import_module("anlan.register.invariants").register_invariants()
        import_module("anlan.register.followers").register_followers()
        import_module("anlan.register.sheets").register_kinds()
