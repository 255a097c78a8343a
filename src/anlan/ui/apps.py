from django.apps import AppConfig
from django.core import checks

from anlan.ui import assets


class UiConfig(AppConfig):
    name = "anlan.ui"
    label = "ui"
    verbose_name = "界面"

    def ready(self) -> None:
        checks.register(assets.check_front_end_is_built)
