"""The indicators' door for other slices: first screens, maps, reports."""

from anlan.oversight.catalogue import INDICATORS, Indicator, indicator
from anlan.oversight.questions import Question, question
from anlan.oversight.selectors import Arm, Counted, Figure, Part, RowList, count, figure, parts, parts_of, rows

__all__ = [
    "INDICATORS",
    "Arm",
    "Counted",
    "Figure",
    "Indicator",
    "Part",
    "Question",
    "RowList",
    "count",
    "figure",
    "indicator",
    "parts",
    "parts_of",
    "question",
    "rows",
]
