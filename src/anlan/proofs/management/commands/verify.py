"""``anlan verify``: whether the ledger in the database is the one that was sealed and signed."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from anlan.authz.actors import system_everywhere
from anlan.authz.scope import acting
from anlan.proofs import checking, selectors, signing


class Command(BaseCommand):
    help = "验证存证账本：逐条重算哈希、默克尔树和签名；相符退出码 0，不符 1"

    def handle(self, *args: Any, **options: Any) -> None:
        with acting(system_everywhere()):
            found = 0
            for fault in checking.faults():
                found += 1
                self.stderr.write(f"不符：{fault}")
            if found:
                sys.exit(1)
            head = selectors.latest_head()
            self.stdout.write(f"相符：{head.size if head else 0} 条，等待封存 {selectors.waiting_count()} 条。")
            if head:
                self.stdout.write(f"根 {bytes(head.root).hex()}，密钥编号 {signing.key_id(bytes(head.public_key))}")
