"""Search indexes: one partial HNSW index per model that has many vectors, exact search below that.

Building needs the owner of the table and no transaction, so all of it happens on a connection of the owner's own.
"""

import logging
from dataclasses import dataclass

import psycopg
from psycopg import sql

from solicit.words import N_

log = logging.getLogger(__name__)

# Below this nobody notices that every vector is compared.
EXACT_BELOW = 20_000
# An index that is there stays until there are clearly fewer, so that it is not built and dropped in turns.
KEPT_FROM = 0.75
BUILD_MEMORY = "256MB"
# How many neighbours a search by an index looks at before it answers (hnsw.ef_search).
SEARCH_WIDTH = 100
# Workers look after the indexes one at a time.
LOCK = 0x736F6C69636974
TABLES = ("question", "question_vector")

NOT_OWNER = N_("The worker may not build the index, because it does not own the table: set SOLICIT_OWNER_DATABASE_URL.")
NOT_BUILT = N_("The index could not be built. The log of the worker says why.")


@dataclass(frozen=True)
class ModelRows:
    """How many vectors of a model there are to search, and whether there is an index: None, False if unfinished."""

    model_id: int
    width: int
    n_rows: int
    is_finished: bool | None

    @property
    def index(self) -> sql.Identifier:
        return sql.Identifier(index_name(self.model_id))


def index_name(model_id: int | str) -> str:
    return f"ix_question_vector_model_{model_id}"


def is_wanted(n_rows: int, *, is_there: bool, exact_below: int = EXACT_BELOW) -> bool:
    """Whether so many vectors are searched by an index."""
    return n_rows >= (exact_below * KEPT_FROM if is_there else exact_below)


def look_after_indexes(owner_url: str, *, exact_below: int = EXACT_BELOW) -> None:
    """Count anew what changed much, build the indexes that are due and drop those that are not."""
    address = owner_url.replace("postgresql+psycopg://", "postgresql://", 1)
    with psycopg.connect(address, autocommit=True, options="-c statement_timeout=0") as owner:
        if not owner.execute("SELECT pg_try_advisory_lock(%s)", [LOCK]).fetchone()[0]:
            return
        _analyze_grown(owner)
        for model in _models(owner):
            _look_after(owner, model, exact_below)


def _look_after(owner: psycopg.Connection, model: ModelRows, exact_below: int) -> None:
    wanted = is_wanted(model.n_rows, is_there=bool(model.is_finished), exact_below=exact_below)
    if wanted == bool(model.is_finished) and model.is_finished is not False:
        return
    try:
        if model.is_finished is not None:
            owner.execute(sql.SQL("DROP INDEX CONCURRENTLY IF EXISTS {}").format(model.index))
        if wanted:
            _build(owner, model)
    except psycopg.errors.InsufficientPrivilege:
        log.warning("The search index of model %s is due, but only the owner of the table may build it", model.model_id)
        _remember(owner, model, problem=NOT_OWNER)
    except psycopg.Error:
        log.exception("The search index of model %s could not be built", model.model_id)
        _remember(owner, model, problem=NOT_BUILT)


def _build(owner: psycopg.Connection, model: ModelRows) -> None:
    owner.execute("SELECT set_config('maintenance_work_mem', %s, false)", [BUILD_MEMORY])
    # Parallel builders need shared memory that containers seldom have.
    owner.execute("SET max_parallel_maintenance_workers = 0")
    statement = (
        "CREATE INDEX CONCURRENTLY {} ON question_vector"
        " USING hnsw ((vector::halfvec({})) halfvec_cosine_ops) WHERE model_id = {}"
    )
    owner.execute(sql.SQL(statement).format(model.index, sql.Literal(model.width), sql.Literal(model.model_id)))
    log.info("The search index of model %s was built over %s vectors", model.model_id, model.n_rows)
    _remember(owner, model, problem="")


def _remember(owner: psycopg.Connection, model: ModelRows, *, problem: str) -> None:
    owner.execute(
        "UPDATE embedding_model SET index_problem = %s, indexed_at = CASE WHEN %s = '' THEN now() ELSE indexed_at END"
        " WHERE id = %s",
        [problem, problem, model.model_id],
    )


def _models(owner: psycopg.Connection) -> list[ModelRows]:
    rows = owner.execute(
        "SELECT model.id, model.width, count(row.model_id), bool_and(index.indisvalid) FROM embedding_model AS model"
        " LEFT JOIN question_vector AS row ON row.model_id = model.id"
        " LEFT JOIN pg_index AS index ON index.indexrelid = to_regclass('ix_question_vector_model_' || model.id)"
        " GROUP BY model.id ORDER BY model.id"
    )
    return [ModelRows(*row) for row in rows]


def _analyze_grown(owner: psycopg.Connection) -> None:
    """Count tables that grew by half or more anew: without statistics, after a bulk load, the database plans badly."""
    grown = owner.execute(
        "SELECT relname FROM pg_class WHERE oid = ANY(%s::regclass[])"
        " AND pg_relation_size(oid) / current_setting('block_size')::int > 1.5 * relpages + 10",
        [list(TABLES)],
    ).fetchall()
    for (table,) in grown:
        owner.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table)))
