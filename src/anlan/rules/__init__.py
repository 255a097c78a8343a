"""Executable law (DESIGN §6): dated parameters with citations, pure functions, findings. Knows no Django.

``evaluate(rule_id, facts, on=day)`` is the door; ``anlan rule`` and the HTTP API go through it.
"""

from anlan.rules.errors import RuleError
from anlan.rules.finding import Finding
from anlan.rules.registry import RULE_IDS, evaluate, load, replay

__all__ = ["RULE_IDS", "Finding", "RuleError", "evaluate", "load", "replay"]
