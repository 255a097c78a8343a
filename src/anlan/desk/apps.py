from django.apps import AppConfig
from django.urls import reverse

from anlan.notify import subjects


class DeskConfig(AppConfig):
    name = "anlan.desk"
    label = "desk"
    verbose_name = "工作台"

    def ready(self) -> None:
        subjects.register_address("hidden_danger", lambda matter_id: reverse("hidden_dangers:case", args=[matter_id]))
