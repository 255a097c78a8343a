"""Which enterprise another is merged into, and why."""

from typing import Any

from django import forms

from anlan.register.forms.base import ActForm, textarea


class MergeForm(ActForm):
    into = forms.CharField(widget=forms.HiddenInput)
    reason = forms.CharField(label="理由", widget=textarea(), max_length=500)

    def __init__(self, *args: Any, **options: Any) -> None:
        options["initial"] = {"reason": "同一家企业登记了两次。", **options.get("initial", {})}
        super().__init__(*args, **options)
