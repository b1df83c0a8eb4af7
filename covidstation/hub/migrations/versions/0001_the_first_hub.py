"""the first hub"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hub_state",
        sa.Column("only", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("epoch", sa.String(), nullable=False),
        sa.Column("last_serial", sa.BigInteger(), nullable=False),
        sa.Column("keys", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("only", name=op.f("pk_hub_state")),
    )
    op.create_table(
        "station",
        sa.Column("n", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("commune", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_station")),
        sa.UniqueConstraint("id", name=op.f("uq_station_id")),
    )
    op.create_index(op.f("ix_station_commune"), "station", ["commune"])
    op.create_table(
        "enrolment",
        sa.Column("serial", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("station", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.Column("sign", sa.LargeBinary(), nullable=False),
        sa.Column("age", sa.String(), nullable=False),
        sa.Column("epoch", sa.String(), nullable=False),
        sa.Column("certificate", sa.LargeBinary(), nullable=False),
        sa.Column("enrolled_at", sa.DateTime(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["station"], ["station.n"], name=op.f("fk_enrolment_station_station")),
        sa.PrimaryKeyConstraint("serial", name=op.f("pk_enrolment")),
        sa.UniqueConstraint("key_id", name=op.f("uq_enrolment_key_id")),
    )
    op.create_index(op.f("ix_enrolment_station"), "enrolment", ["station"])
    op.create_table(
        "stream",
        sa.Column("n", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("station", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.String(), nullable=False),
        sa.Column("upto", sa.BigInteger(), nullable=False),
        sa.Column("chain", sa.LargeBinary(), nullable=False),
        sa.Column("last_stamp", sa.BigInteger(), nullable=False),
        sa.Column("imported_at", sa.DateTime(), nullable=True),
        sa.Column("receipt_at", sa.DateTime(), nullable=True),
        sa.Column("receipt_upto", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["station"], ["station.n"], name=op.f("fk_stream_station_station")),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_stream")),
        sa.UniqueConstraint("station", "epoch", name=op.f("uq_stream_station_epoch")),
    )
    op.create_table(
        "bundle",
        sa.Column("n", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("station", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("read_at", sa.DateTime(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("kept", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["station"], ["station.n"], name=op.f("fk_bundle_station_station")),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_bundle")),
        sa.UniqueConstraint("sha256", name=op.f("uq_bundle_sha256")),
    )
    op.create_index("ix_bundle_outcome", "bundle", ["station", "epoch", "outcome", "first"])
    op.create_table(
        "operation",
        sa.Column("stream", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("stamp", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.LargeBinary(), nullable=False),
        sa.Column("chain", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.String(), nullable=True),
        sa.Column("code", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("stream", "seq", name=op.f("pk_operation")),
    )
    op.create_index("ix_operation_stamp", "operation", ["stream", "stamp"])
    op.create_index(
        "ix_operation_set_aside",
        "operation",
        ["stream", "seq"],
        sqlite_where=sa.text("code IS NOT NULL"),
        postgresql_where=sa.text("code IS NOT NULL"),
    )
    op.create_table(
        "record",
        sa.Column("station", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("tbl", sa.String(63), nullable=False),
        sa.Column("row", sa.String(32), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("stamps", sa.Text(), nullable=True),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("station", "tbl", "row", name=op.f("pk_record")),
    )
