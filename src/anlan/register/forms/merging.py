"""Which enterprise or site another is merged into, and why."""

from django import forms

from anlan.register.forms.base import ActForm, textarea


class MergeForm(ActForm):
    into = forms.CharField(widget=forms.HiddenInput)
    reason = forms.CharField(label="理由", widget=textarea(), max_length=500)
