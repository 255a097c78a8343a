import pytest
from django.db import connection


@pytest.mark.django_db
def test_statements_are_prepared_and_planned_each_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW plan_cache_mode")
        assert cursor.fetchone() == ("force_custom_plan",)
    assert connection.connection.prepare_threshold == 5
