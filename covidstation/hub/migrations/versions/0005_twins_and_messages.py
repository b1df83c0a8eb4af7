"""Who may have been entered twice; which message speaks of which item"""

import sqlalchemy as sa
from alembic import op

from covidstation.domain.canonical import decode

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

AT_ONCE = 5_000


def upgrade() -> None:
    _twins()
    _messages()
    # Every record is looked at once for its signs: the figures follow all lines anew.
    op.execute(sa.delete(sa.table("fact_mark")))


def _twins() -> None:
    op.create_table(
        "person_key",
        sa.Column("station", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("row", sa.String(32), nullable=False),
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("station", "row", "key", name=op.f("pk_person_key")),
    )
    op.create_index("ix_person_key_key", "person_key", ["key", "station", "row"])
    for name, more in (
        ("twin", [sa.Column("sign", sa.Integer(), nullable=False)]),
        (
            "apart",
            [sa.Column("by_name", sa.String(), nullable=False), sa.Column("told_at", sa.DateTime(), nullable=False)],
        ),
    ):
        op.create_table(
            name,
            sa.Column("station", sa.Integer(), autoincrement=False, nullable=False),
            sa.Column("row", sa.String(32), nullable=False),
            sa.Column("other_station", sa.Integer(), autoincrement=False, nullable=False),
            sa.Column("other", sa.String(32), nullable=False),
            *more,
            sa.PrimaryKeyConstraint("station", "row", "other_station", "other", name=op.f(f"pk_{name}")),
        )
    op.create_index("ix_twin_other", "twin", ["other_station", "other"])
    op.create_index("ix_twin_sign", "twin", ["sign", "station"])


def _messages() -> None:
    said = op.create_table(
        "message_said",
        sa.Column("station", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("row", sa.String(32), nullable=False),
        sa.Column("item", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("station", "row", name=op.f("pk_message_said")),
    )
    op.create_index("ix_message_said_item", "message_said", ["item", "station"])
    op.create_index("ix_message_said_kind", "message_said", ["kind"])
    record = sa.table("record", *map(sa.column, ("station", "tbl", "row", "fields")))
    held = sa.select(record.c.station, record.c.row, record.c.fields).where(record.c.tbl == "district_message")
    connection = op.get_bind()
    found = [
        {"station": station, "row": row, "item": str(of.get("item") or "")[:32], "kind": str(of.get("kind") or "")[:32]}
        for station, row, fields in connection.execute(held)
        for of in [decode(fields.encode() if isinstance(fields, str) else fields)]
    ]
    for at in range(0, len(found), AT_ONCE):
        connection.execute(said.insert(), found[at : at + AT_ONCE])
