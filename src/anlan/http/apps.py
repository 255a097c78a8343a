from django.apps import AppConfig


class HttpConfig(AppConfig):
    name = "anlan.http"
    label = "http"
    verbose_name = "接口"
