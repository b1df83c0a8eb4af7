"""Which records of people were merged into which"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "merged_record",
        sa.Column("station", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("row", sa.String(32), nullable=False),
        sa.Column("stays", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("station", "row", name=op.f("pk_merged_record")),
    )
    op.create_index("ix_merged_record_stays", "merged_record", ["station", "stays"])
