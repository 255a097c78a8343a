from django.apps import AppConfig


class ProcessesConfig(AppConfig):
    name = "anlan.processes"
    label = "processes"
    verbose_name = "流程"
