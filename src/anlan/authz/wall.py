"""The wall between counties: row-level security, raised by the migration that makes a table (ADR 0004)."""

from typing import Any

from django.db.migrations.operations.base import Operation

_RAISE = """
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY wall ON {table}
    USING ({column} >= current_setting('anlan.lo', true) AND {column} < current_setting('anlan.hi', true))
    WITH CHECK ({column} >= current_setting('anlan.lo', true) AND {column} < current_setting('anlan.hi', true));
"""
_TAKE_DOWN = "DROP POLICY wall ON {table}; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;"


class RaiseWall(Operation):
    """Enable (never force: the owner migrates) row-level security on a model's table by its path column.

    The settings stand bare in the policy: inside a sub-select the index range would be lost.
    """

    reversible = True

    def __init__(self, model_name: str, column: str = "region_path") -> None:
        self.model_name = model_name
        self.column = column

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The state of the models does not change."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self._run(_RAISE, app_label, schema_editor, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self._run(_TAKE_DOWN, app_label, schema_editor, from_state)

    def _run(self, sql: str, app_label: str, schema_editor: Any, state: Any) -> None:
        table = state.apps.get_model(app_label, self.model_name)._meta.db_table
        quote = schema_editor.quote_name
        schema_editor.execute(sql.format(table=quote(table), column=quote(self.column)))

    def describe(self) -> str:
        return f"Raise the wall on {self.model_name}"
