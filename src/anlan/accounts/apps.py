from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from anlan.authz.roles import ROLES


class AccountsConfig(AppConfig):
    name = "anlan.accounts"
    label = "accounts"
    verbose_name = "账号"

    def ready(self) -> None:
        """A role that does not exist would leave everybody without the second factor that was meant."""
        unknown = settings.SECOND_FACTOR_ROLES - ROLES.keys()
        if unknown:
            raise ImproperlyConfigured(f"ANLAN_SECOND_FACTOR_ROLES 中没有这些角色:{'、'.join(sorted(unknown))}")
