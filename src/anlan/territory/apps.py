from django.apps import AppConfig


class TerritoryConfig(AppConfig):
    name = "anlan.territory"
    label = "territory"
    verbose_name = "区划与网格"
