"""the heads of the stations' records of who did what"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_head",
        sa.Column("station", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("epoch", sa.String(16), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.Column("sent", sa.Text(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("read_at", sa.DateTime(), nullable=False),
        sa.Column("doubt", sa.String(), nullable=True),
        sa.Column("doubt_at", sa.DateTime(), nullable=True),
        sa.Column("doubt_seq", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["station"], ["station.n"], name=op.f("fk_audit_head_station_station")),
        sa.PrimaryKeyConstraint("station", "epoch", name=op.f("pk_audit_head")),
    )
