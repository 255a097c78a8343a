"""The only writer of the idempotency records."""

from datetime import datetime

from anlan.http.models import IdempotencyRecord


def claim_or_earlier(claim: IdempotencyRecord) -> IdempotencyRecord:
    """Insert ``claim``, or wait for whoever holds its key and return that record."""
    IdempotencyRecord.objects.bulk_create([claim], ignore_conflicts=True)
    return IdempotencyRecord.objects.get(grant_id=claim.grant_id, key=claim.key)


def delete_before(instant: datetime) -> int:
    deleted, _ = IdempotencyRecord.objects.filter(at__lt=instant).delete()
    return deleted
