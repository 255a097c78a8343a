"""What stands in a choice before anything is chosen."""

BLANK: tuple[str, str] = ("", "请选择")
