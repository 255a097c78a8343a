from django.apps import AppConfig


class RegisterConfig(AppConfig):
    name = "anlan.register"
    label = "register"
    verbose_name = "监管对象"
