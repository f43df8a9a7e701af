"""Which tables there are at a state of the migrations, as models of that state."""

from collections.abc import Iterator
from typing import Any

from django.core.management.color import no_style
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.models import Field, Model

from ketang.kernel.errors import BadInput

Table = type[Model]
# A session is a login, good only for whoever holds it; a copy of it would be one too many.
LEFT_OUT = {"sessions.Session"}
# Rows here mean that somebody works with this database.
IN_USE = {"accounts", "cases", "areas"}


class FromNewerVersion(BadInput):
    message = "数据库或备份来自更新的版本（%(migration)s），请先升级 Ketang · It comes from a newer version."


def state_of(alias: str) -> dict[str, str]:
    """App → the last migration applied to the database."""
    loader = MigrationLoader(connections[alias])
    return dict(_leaves(loader))


def tables(alias: str, state: dict[str, str]) -> list[Table]:
    """Every table with rows of its own at ``state``, by label, including many-to-many ones."""
    loader = MigrationLoader(connections[alias])
    for node in state.items():
        if node not in loader.graph.nodes:
            raise FromNewerVersion(migration=".".join(node))
    models = loader.project_state(list(state.items())).apps.get_models(include_auto_created=True)
    kept = [m for m in models if m._meta.managed and not m._meta.proxy and m._meta.label not in LEFT_OUT]
    return sorted(kept, key=lambda m: m._meta.label)


def columns(table: Table) -> "list[Field[Any, Any]]":
    return [f for f in table._meta.concrete_fields if not getattr(f, "generated", False)]


def migrate_to(alias: str, state: dict[str, str]) -> None:
    """Build the empty tables of ``state``."""
    executor = MigrationExecutor(connections[alias])
    executor.migrate(list(state.items()))


def in_use(alias: str) -> bool:
    """Whether somebody's data lies in the database."""
    present = set(connections[alias].introspection.table_names())
    candidates = [t for t in tables(alias, state_of(alias)) if t._meta.app_label in IN_USE]
    return any(t._meta.db_table in present and t._base_manager.using(alias).exists() for t in candidates)


def empty(alias: str) -> None:
    """Drop every table and function; PostgreSQL only, inside the caller's transaction."""
    connection = connections[alias]
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor, include_views=False):
            cursor.execute(f"DROP TABLE IF EXISTS {quote(table)} CASCADE")
        cursor.execute(
            "SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
            " WHERE n.nspname = current_schema() AND NOT EXISTS"
            " (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"
        )
        for (function,) in cursor.fetchall():
            cursor.execute(f"DROP FUNCTION IF EXISTS {function} CASCADE")


def reset_sequences(alias: str, models: list[Table]) -> None:
    """After rows came with their ids, the next id must be a new one."""
    connection = connections[alias]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)


def _leaves(loader: MigrationLoader) -> Iterator[tuple[str, str]]:
    applied = set(loader.applied_migrations)
    for node in sorted(applied):
        if node not in loader.graph.nodes:
            raise FromNewerVersion(migration=".".join(node))
        children = {child.key for child in loader.graph.node_map[node].children}
        if not any(child[0] == node[0] for child in children & applied):
            yield node
