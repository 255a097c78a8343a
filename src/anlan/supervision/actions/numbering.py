"""Document numbers: by organisation and year, without gaps and without twins."""

from django.db import connection
from django.db.models import Max, Model

from anlan.authz.models import Organisation


def next_serial(model: type[Model], issuer: Organisation, year: int) -> int:
    """The next number of the issuer's series for this kind of document. Holds the series until the transaction ends,
    so that a number that is given up leaves no gap."""
    column = "lister" if hasattr(model, "lister") else "issuer"
    with connection.cursor() as cursor:
        name = f"{model._meta.label_lower}:{issuer.id}:{year}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))", [name])
    last = model._default_manager.filter(**{column: issuer, "year": year}).aggregate(last=Max("serial"))["last"]
    return (last or 0) + 1


def listing_number(lister: Organisation, year: int, serial: int) -> str:
    """临应急挂〔2026〕3号."""
    return f"{lister.document_prefix or lister.short_name}挂〔{year}〕{serial}号"
