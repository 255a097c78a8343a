from django.apps import AppConfig


class LiveConfig(AppConfig):
    name = "anlan.live"
    label = "live"
    verbose_name = "即时更新"
