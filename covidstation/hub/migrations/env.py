"""Alembic's entry: runs the steps on the connection that `db.schema` hands over, inside its transaction."""

from alembic import context

from covidstation.hub.rows import HubBase

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=HubBase.metadata,
    render_as_batch=True,
    transactional_ddl=False,
)
context.run_migrations()
