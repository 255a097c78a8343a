"""Records are made of rows as they are (`reads.loading`): that needs models it is right for."""

import pytest
from django.apps import apps
from django.db import models
from django.db.models.signals import post_init, pre_init

from anlan.reads.loading import QuicklyLoaded

MODELS = [model for model in apps.get_models() if model.__module__.startswith("anlan.")]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_every_record_is_loaded_quickly_and_may_be(model):
    assert issubclass(model, QuicklyLoaded)
    assert not [field for field in model._meta.concrete_fields if isinstance(field, models.FileField)]
    assert not pre_init.has_listeners(model)
    assert not post_init.has_listeners(model)
