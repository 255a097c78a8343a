"""Dictionaries of accounts."""

from django.db.models import TextChoices


class AccountState(TextChoices):
    IN_USE = "IN_USE", "在用"
    TEMPORARY = "TEMPORARY", "待改密码"
    WITHOUT_GRANT = "WITHOUT_GRANT", "无有效授权"
    INACTIVE = "INACTIVE", "已停用"
