from django.apps import AppConfig


class AuthzConfig(AppConfig):
    name = "anlan.authz"
    label = "authz"
    verbose_name = "权限"
