"""How the lines of one page are shared out."""

import pytest

from anlan.desk.dossier import shares


@pytest.mark.parametrize(
    ("counts", "lines", "shown"),
    [
        ((1, 2, 3, 4), 25, [1, 2, 3, 4]),
        ((2, 1, 900, 3), 25, [2, 1, 19, 3]),
        ((2, 1, 900, 1_000_000), 25, [2, 1, 11, 11]),
        ((50, 50, 50, 50), 26, [6, 6, 7, 7]),
        ((0, 0, 0, 0), 25, [0, 0, 0, 0]),
    ],
)
def test_the_longest_is_cut_first(counts, lines, shown):
    assert shares(counts, lines) == shown
