"""Photos and papers in a form: as everywhere."""

from anlan.files.api import Evidence, EvidenceField, EvidenceInput

__all__ = ["Evidence", "EvidenceField", "EvidenceInput"]
