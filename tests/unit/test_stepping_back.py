from types import SimpleNamespace

from anlan.processes.stepping_back import columns_to_save


def test_what_is_saved_of_a_remembered_subject() -> None:
    """What changed, and what may have changed without showing it."""
    new, locked = SimpleNamespace(), SimpleNamespace(remembered={"place": "东侧", "sector": "FIRE", "modes": ["A"]})
    assert columns_to_save(new, {}) is None
    assert columns_to_save(locked, {"place": "东侧"}) == {"place", "modes", "version", "changed_at"}
