"""``anlan token USER [--days N] [--grant ID]``: print a new API token, once."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from anlan.accounts import actions, selectors
from anlan.authz.actors import system_actor_for
from anlan.authz.models import Grant
from anlan.authz.scope import acting
from anlan.lib.refusals import Refusal


class Command(BaseCommand):
    help = "为账号签发接口令牌；令牌只显示这一次"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help="用户名")
        parser.add_argument("--days", type=int, default=90, help="有效天数（默认 90）")
        parser.add_argument("--grant", default="", help="以哪项授权行事（默认第一项有效授权）")
        parser.add_argument("--label", default="", help="用途")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            grant = _grant(options["username"], options["grant"])
            with acting(system_actor_for(grant.organisation.region.path)) as actor:
                _, secret = actions.issue_token(actor=actor, grant=grant, days=options["days"], label=options["label"])
        except Refusal as refusal:
            raise CommandError(refusal.reason) from refusal
        self.stdout.write(secret)


def _grant(username: str, grant_id: str) -> Grant:
    grants = selectors.grants_of(selectors.user_by_name(username).id)
    found = [grant for grant in grants if grant_id in ("", str(grant.id))]
    if not found:
        choices = "；".join(f"{grant.id} {grant.organisation} {grant.get_role_display()}" for grant in grants)
        raise CommandError(f"账号 {username} 没有这项有效授权。可用的授权：{choices or '无'}")
    return found[0]
