"""行政处罚法 art. 37: the law of the day of the act, unless the law of the day of the decision is lighter."""

from typing import Any

from anlan.rules.accident_fine.bands import Outcome, Possible, figures_under
from anlan.rules.errors import RuleError
from anlan.rules.params import Citation
from anlan.rules.registry import Case

PAIRS = (
    ("unit_max_wan", "unit_min_wan"),
    ("principal_rate_max", "principal_rate_min"),
    ("other_rate_max", "other_rate_min"),
)


def applied(case: Case, possible: Possible) -> Outcome:
    """The outcome under the edition that applies, named in ``edition_applied``."""
    decided_on = case["decided_on"]
    if decided_on and decided_on < case.on:
        raise RuleError("contradiction", "作出决定之日早于行为之日", "/decided_on")
    of_the_act = figures_under(case, case.law, possible)
    of_the_act.figures["edition_applied"] = case.version.name
    later = case.versions.version_on(decided_on) if decided_on else case.version
    if later is case.version:
        return of_the_act
    of_the_decision = figures_under(case, later.params, possible)
    of_the_decision.figures["edition_applied"] = later.name
    cite: Citation = case.law["later_law"]["cite"]
    if of_the_decision.lacking and not of_the_act.lacking:
        # Whether the later band is lighter depends on measures that are not known.
        of_the_act.lacking = of_the_decision.lacking
        of_the_act.figures["edition_applied"] = None
        of_the_act.reasons.append(("决定时的规定是否较轻，要看缺少的数字", cite))
        return of_the_act
    if is_lighter(of_the_decision.figures, of_the_act.figures):
        of_the_decision.reasons.append((f"决定时的规定（{later.name}）处罚较轻，适用新的规定", cite))
        case.doubt(later.citation)
        return of_the_decision
    of_the_act.reasons.append((f"决定时的规定（{later.name}）并不较轻，适用行为发生时的规定", cite))
    return of_the_act


def is_lighter(new: dict[str, Any], old: dict[str, Any]) -> bool:
    """Lighter for somebody and heavier for nobody: the upper end decides, then the lower (our reading)."""
    found = False
    for names in PAIRS:
        mine, theirs = [new[name] for name in names], [old[name] for name in names]
        if (mine[0] is None) != (theirs[0] is None):
            return False
        if mine[0] is None or mine == theirs:
            continue
        if mine > theirs:
            return False
        found = True
    return found
