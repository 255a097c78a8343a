"""The one way a rule refuses its facts."""

from collections.abc import Sequence
from typing import Any

CODES = {
    "bad_shape": "类型或格式不对",
    "unknown_key": "这条规则不认得的项",
    "unknown_substance": "查不到临界量的物质",
    "ambiguous_substance": "对应多行的物质",
    "contradiction": "给出的事实互相矛盾",
    "before_first_version": "早于第一个版本",
}


class RuleError(ValueError):
    """Facts that a rule cannot read: ``code`` of CODES, where (JSON pointer), what comes near."""

    def __init__(self, code: str, message: str, pointer: str = "", near: Sequence[Any] = ()) -> None:
        assert code in CODES
        super().__init__(message)
        self.code, self.message, self.pointer, self.near = code, message, pointer, list(near)

    def as_json(self) -> dict[str, Any]:
        """The object that callers get instead of a finding."""
        parts = {"code": self.code, "message": self.message, "pointer": self.pointer, "near": self.near}
        return {"error": parts}
