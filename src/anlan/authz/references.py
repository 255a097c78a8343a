"""References that are checked once a statement instead of once a row (ADR 0005): what a foreign key promises, for tables
that are filled by the thousand."""

from typing import Any

from django.db.migrations.operations.base import Operation

# As the owner, like the database's own checks: the parent may stand outside the wall, and is locked against deletion.
_PUT_UP = """
CREATE FUNCTION {name}_check() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    wanted {type}[];
    held bigint;
BEGIN
    SELECT array_agg(DISTINCT {column}) INTO wanted FROM fresh WHERE {column} IS NOT NULL;
    PERFORM FROM {parent} WHERE {key} = ANY(wanted) FOR KEY SHARE;
    GET DIAGNOSTICS held = ROW_COUNT;
    IF held <> coalesce(cardinality(wanted), 0) THEN
        RAISE foreign_key_violation USING CONSTRAINT = '{name}', MESSAGE = '{child}.{column} refers to what is not there';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION {name}_hold() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM gone JOIN {child} AS child ON child.{column} = gone.{key}
        WHERE NOT EXISTS (SELECT FROM {parent} AS parent WHERE parent.{key} = gone.{key})
    ) THEN
        RAISE foreign_key_violation USING CONSTRAINT = '{name}', MESSAGE = '{child}.{column} still refers to it';
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION {name}_check(), {name}_hold() FROM PUBLIC;
CREATE TRIGGER {name}_insert AFTER INSERT ON {child} REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION {name}_check();
CREATE TRIGGER {name}_update AFTER UPDATE ON {child} REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION {name}_check();
CREATE TRIGGER {name}_deleted AFTER DELETE ON {parent} REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION {name}_hold();
CREATE TRIGGER {name}_renamed AFTER UPDATE ON {parent} REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION {name}_hold();
"""
_TAKE_DOWN = """
DROP TRIGGER {name}_insert ON {child};
DROP TRIGGER {name}_update ON {child};
DROP TRIGGER {name}_deleted ON {parent};
DROP TRIGGER {name}_renamed ON {parent};
DROP FUNCTION {name}_check();
DROP FUNCTION {name}_hold();
"""


class CheckReference(Operation):
    """Hold a foreign key that has ``db_constraint=False`` by triggers on its statements. Put it up after that change."""

    reversible = True

    def __init__(self, model_name: str, field: str) -> None:
        self.model_name = model_name
        self.field = field

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The state of the models does not change."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self._run(_PUT_UP, app_label, schema_editor, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self._run(_TAKE_DOWN, app_label, schema_editor, from_state)

    def _run(self, sql: str, app_label: str, schema_editor: Any, state: Any) -> None:
        child = state.apps.get_model(app_label, self.model_name)
        field = child._meta.get_field(self.field)
        words = {
            "name": f"{child._meta.model_name}_{self.field}_reference",
            "child": child._meta.db_table,
            "column": field.column,
            "parent": field.related_model._meta.db_table,
            "key": field.target_field.column,
            "type": field.target_field.db_type(schema_editor.connection),
        }
        schema_editor.execute(sql.format(**words), params=None)

    def describe(self) -> str:
        return f"Check the reference {self.field} of {self.model_name} once a statement"
