"""Where a message leads: the pages of what it is about."""

from django.urls import reverse

from anlan.notify.api import register_address

register_address("hidden_danger", lambda matter_id: reverse("hidden_dangers:case", args=[matter_id]))
