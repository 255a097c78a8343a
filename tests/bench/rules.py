"""How fast rules answer, as a ratio to the same arithmetic in bare Python in the same run.

    python -m tests.bench.rules [sources]

Prints one line of JSON for each: the census of major hazard sources (3,782 as one county has them) and accident grades.
The ratio is what the table of why, the citations and the exact numbers cost.
"""

import json
import random
import statistics
import sys
import time
from collections.abc import Callable
from fractions import Fraction

from anlan.rules import evaluate
from anlan.rules.wire import loads

ON = "2024-06-01"
AMMONIA = {"氨": (10, 2), "液氯": (5, 4), "光气": (Fraction(3, 10), 20), "硫化氢": (5, 5)}
ROUNDS = 3


def main(sources: int) -> None:
    numbers = random.Random(1)
    census = [
        json.dumps(
            {
                "substances": [{"name": name, "q_t": numbers.randint(1, 9999) / 1000} for name in AMMONIA],
                "population_500m": numbers.randint(0, 150),
            }
        )
        for _ in range(sources)
    ]
    accidents = [
        json.dumps(
            {"deaths": numbers.randint(0, 40), "serious_injuries": 0, "direct_loss_wan": numbers.randint(0, 12000)}
        )
        for _ in range(sources)
    ]
    _compare("major_hazard_source", census, _bare_source)
    _compare("accident_grade", accidents, _bare_grade)


def _compare(rule_id: str, lines: list[str], bare: Callable[[str], str]) -> None:
    answers = [evaluate(rule_id, loads(line), on=ON).value for line in lines]
    assert answers == [bare(line) for line in lines]
    rule = _median(lambda line: evaluate(rule_id, loads(line), on=ON).to_json(), lines)
    plain = _median(bare, lines)
    figures = {"rule": rule_id, "lines": len(lines), "seconds": round(rule, 3), "bare": round(plain, 3)}
    print(json.dumps({**figures, "ratio": round(rule / plain, 1)}))


def _median(answer: Callable[[str], str], lines: list[str]) -> float:
    taken = []
    for _ in range(ROUNDS):
        started = time.process_time()
        for line in lines:
            answer(line)
        taken.append(time.process_time() - started)
    return statistics.median(taken)


def _bare_source(line: str) -> str:
    facts = loads(line)
    people = facts["population_500m"]
    alpha = Fraction(
        next(a for least, a in ((100, "2"), (50, "1.5"), (30, "1.2"), (1, "1"), (0, "0.5")) if people >= least)
    )
    s = r = Fraction(0)
    for one in facts["substances"]:
        critical, beta = AMMONIA[one["name"]]
        ratio = Fraction(one["q_t"]) / critical
        s, r = s + ratio, r + beta * ratio
    if s < 1:
        return "NOT_MAJOR"
    return f"LEVEL_{next(level for level, edge in ((1, 100), (2, 50), (3, 10), (4, 0)) if alpha * r >= edge)}"


def _bare_grade(line: str) -> str:
    facts = loads(line)
    edges = ((30, 100, 10000, "EXTRAORDINARY"), (10, 50, 5000, "MAJOR"), (3, 10, 1000, "LARGER"))
    found = (facts["deaths"], facts["serious_injuries"], facts["direct_loss_wan"])
    for *limits, grade in edges:
        if any(value >= limit for value, limit in zip(found, limits, strict=True)):
            return grade
    return "ORDINARY" if any(found) else "NONE"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3782)
