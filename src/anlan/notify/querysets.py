"""Sets of messages."""

from django.db import connection
from django.db.models import QuerySet

from anlan.notify.models import Message


def undelivered() -> QuerySet[Message]:
    """Messages that have not left the house; whoever reads one holds it."""
    return Message.objects.select_for_update(of=("self",)).filter(delivered_at=None)


def insert_once(message: Message) -> bool:
    """Insert the message in one statement; False, and nothing done, when its ``dedupe_key`` is there already."""
    meta = message._meta
    columns = {connection.ops.quote_name(str(field.column)): field for field in meta.concrete_fields}
    values = [field.get_db_prep_save(getattr(message, field.attname), connection) for field in columns.values()]
    names, marks = ", ".join(columns), ", ".join(["%s"] * len(columns))
    statement = f"INSERT INTO {meta.db_table} ({names}) VALUES ({marks}) ON CONFLICT (dedupe_key) DO NOTHING"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount == 1
