"""Add the tables and functions of the job queue, as its library ships them."""

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0002_the_queue"
down_revision = "0001_the_house"
branch_labels = None
depends_on = None

# Named in full, because the library has no script that takes its schema away again.
TABLES = (
    "procrastinate_events",
    "procrastinate_periodic_defers",
    "procrastinate_jobs",
    "procrastinate_workers",
)
TYPES = ("procrastinate_job_event_type", "procrastinate_job_status", "procrastinate_job_to_defer_v1")


def upgrade() -> None:
    op.get_bind().exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))


def downgrade() -> None:
    connection = op.get_bind()
    connection.exec_driver_sql(f"DROP TABLE {', '.join(TABLES)} CASCADE")
    functions = connection.exec_driver_sql(
        "SELECT oid::regprocedure::text FROM pg_proc WHERE proname LIKE 'procrastinate@_%%' ESCAPE '@'"
    )
    for (function,) in functions.fetchall():
        connection.exec_driver_sql(f"DROP FUNCTION {function} CASCADE")
    for name in TYPES:
        connection.exec_driver_sql(f"DROP TYPE IF EXISTS {name} CASCADE")
