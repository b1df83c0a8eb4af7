"""Alembic's entry: runs the steps on the connection that `db.schema` hands over, inside its transaction."""

from alembic import context

from covidstation.db.rows import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    transactional_ddl=False,
)
context.run_migrations()
