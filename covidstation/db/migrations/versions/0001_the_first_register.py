"""the first register"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# The full-text index over `search_text`; triggers keep it in step.
SEARCH = (
    "CREATE VIRTUAL TABLE person_search USING fts5(given, name, initials, numbers, place, "
    "content='search_text', content_rowid='n', tokenize='unicode61 remove_diacritics 0', "
    "prefix='1 2 3', detail='column')",
    "CREATE TRIGGER search_added AFTER INSERT ON search_text BEGIN "
    "INSERT INTO person_search(rowid, given, name, initials, numbers, place) "
    "VALUES (new.n, new.given, new.name, new.initials, new.numbers, new.place); END",
    "CREATE TRIGGER search_removed AFTER DELETE ON search_text BEGIN "
    "INSERT INTO person_search(person_search, rowid, given, name, initials, numbers, place) "
    "VALUES ('delete', old.n, old.given, old.name, old.initials, old.numbers, old.place); END",
    "CREATE TRIGGER search_changed AFTER UPDATE ON search_text BEGIN "
    "INSERT INTO person_search(person_search, rowid, given, name, initials, numbers, place) "
    "VALUES ('delete', old.n, old.given, old.name, old.initials, old.numbers, old.place); "
    "INSERT INTO person_search(rowid, given, name, initials, numbers, place) "
    "VALUES (new.n, new.given, new.name, new.initials, new.numbers, new.place); END",
)


def upgrade() -> None:
    op.create_table(
        "app_user",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("disabled_on", sa.Date(), nullable=True),
        sa.Column("n", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("stamps", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("extra", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_app_user")),
        sa.UniqueConstraint("id", name=op.f("uq_app_user_id")),
    )
    op.create_table(
        "batch",
        sa.Column("n", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("bundle_id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.String(), nullable=False),
        sa.Column("seq_from", sa.BigInteger(), nullable=False),
        sa.Column("seq_to", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("carrier", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_batch")),
    )
    op.create_table(
        "draft",
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("saved_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("form", "subject", name=op.f("pk_draft")),
    )
    op.create_table(
        "episode",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("report_date", sa.Date(), nullable=False),
        sa.Column("onset_date", sa.Date(), nullable=True),
        sa.Column("symptoms", sa.JSON(), nullable=False),
        sa.Column("doses_known", sa.Integer(), nullable=True),
        sa.Column("last_dose_on", sa.Date(), nullable=True),
        sa.Column("classification", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("outcome_on", sa.Date(), nullable=True),
        sa.Column("isolation_type", sa.String(), nullable=False),
        sa.Column("isolation_address", sa.String(), nullable=False),
        sa.Column("isolation_start", sa.DateTime(), nullable=True),
        sa.Column("isolation_days", sa.Integer(), nullable=True),
        sa.Column("isolation_until", sa.Date(), nullable=True),
        sa.Column("isolation_rule", sa.String(), nullable=False),
        sa.Column("isolation_end_reason", sa.String(), nullable=True),
        sa.Column("found_at", sa.DateTime(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("told_at", sa.DateTime(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("stamps", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("extra", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_episode")),
        sa.UniqueConstraint("id", name=op.f("uq_episode_id")),
    )
    with op.batch_alter_table("episode", schema=None) as batch_op:
        batch_op.create_index("ix_episode_outcome_report", ["outcome", "report_date"], unique=False)
        batch_op.create_index(batch_op.f("ix_episode_person_id"), ["person_id"], unique=False)

    op.create_table(
        "hamlet",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("sub_point_id", sa.Uuid(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("n", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("stamps", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("extra", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_hamlet")),
        sa.UniqueConstraint("id", name=op.f("uq_hamlet_id")),
    )
    op.create_table(
        "household",
        sa.Column("hamlet_id", sa.Uuid(), nullable=True),
        sa.Column("head_id", sa.Uuid(), nullable=True),
        sa.Column("head_name", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("stamps", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("extra", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_household")),
        sa.UniqueConstraint("id", name=op.f("uq_household_id")),
    )
    op.create_table(
        "journal",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("stamp", sa.BigInteger(), nullable=False),
        sa.Column("tbl", sa.String(), nullable=False),
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.Column("op", sa.String(), nullable=False),
        sa.Column("line", sa.LargeBinary(), nullable=False),
        sa.Column("chain", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_journal")),
    )
    with op.batch_alter_table("journal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_journal_row_id"), ["row_id"], unique=False)

    op.create_table(
        "journal_state",
        sa.Column("only", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.String(), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("last_stamp", sa.BigInteger(), nullable=False),
        sa.Column("chain", sa.LargeBinary(), nullable=False),
        sa.Column("received_upto", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("only", name=op.f("pk_journal_state")),
    )
    op.create_table(
        "number_book",
        sa.Column("symbol", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("paper_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("symbol", "year", "number", name=op.f("pk_number_book")),
    )
    op.create_table(
        "pack_edit",
        sa.Column("pack_id", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("edited_at", sa.DateTime(), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("stamps", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("extra", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_pack_edit")),
        sa.UniqueConstraint("id", name=op.f("uq_pack_edit_id")),
    )
    op.create_table(
        "paper",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("pack_id", sa.String(), nullable=False),
        sa.Column("symbol", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_at", sa.DateTime(), nullable=False),
        sa.Column("signer_name", sa.String(), nullable=False),
        sa.Column("signer_title", sa.String(), nullable=False),
        sa.Column("view", sa.LargeBinary(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("file_hash", sa.String(), nullable=False),
        sa.Column("opens_id", sa.Uuid(), nullable=True),
        sa.Column("voided_at", sa.DateTime(), nullable=True),
        sa.Column("void_reason", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("stamps", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("extra", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_paper")),
        sa.UniqueConstraint("id", name=op.f("uq_paper_id")),
    )
    with op.batch_alter_table("paper", schema=None) as batch_op:
        batch_op.create_index("ix_paper_book", ["symbol", "year", "number"], unique=False)

    op.create_table(
        "paper_chunk",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_paper_chunk")),
    )
    op.create_table(
        "paper_file",
        sa.Column("file_hash", sa.String(), nullable=False),
        sa.Column("skeleton", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("file_hash", name=op.f("pk_paper_file")),
    )
    op.create_table(
        "paper_subject",
        sa.Column("paper_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("episode_id", sa.Uuid(), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("stamps", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("extra", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_paper_subject")),
        sa.UniqueConstraint("id", name=op.f("uq_paper_subject_id")),
    )
    with op.batch_alter_table("paper_subject", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_paper_subject_episode_id"), ["episode_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_paper_subject_paper_id"), ["paper_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_paper_subject_person_id"), ["person_id"], unique=False)

    op.create_table(
        "pathogen_test",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("episode_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("sampled_on", sa.Date(), nullable=True),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("voids", sa.Uuid(), nullable=True),
        sa.Column("n", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("stamps", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("extra", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_pathogen_test")),
        sa.UniqueConstraint("id", name=op.f("uq_pathogen_test_id")),
    )
    with op.batch_alter_table("pathogen_test", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pathogen_test_episode_id"), ["episode_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_pathogen_test_person_id"), ["person_id"], unique=False)

    op.create_table(
        "person",
        sa.Column("full_name", sa.String(), nullable=False),
        sa.Column("sort_key", sa.String(), nullable=False),
        sa.Column("birth_year", sa.Integer(), nullable=True),
        sa.Column("birth_month", sa.Integer(), nullable=True),
        sa.Column("birth_day", sa.Integer(), nullable=True),
        sa.Column("sex", sa.String(), nullable=False),
        sa.Column("citizen_number", sa.String(), nullable=False),
        sa.Column("old_citizen_number", sa.String(), nullable=False),
        sa.Column("insurance_number", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("ethnic_group", sa.String(), nullable=False),
        sa.Column("hamlet_id", sa.Uuid(), nullable=True),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("address_printed", sa.String(), nullable=False),
        sa.Column("address_unit", sa.String(), nullable=False),
        sa.Column("address_detail", sa.String(), nullable=False),
        sa.Column("pregnancy", sa.String(), nullable=False),
        sa.Column("conditions", sa.JSON(), nullable=False),
        sa.Column("card_extras", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("stamps", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("extra", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_person")),
        sa.UniqueConstraint("id", name=op.f("uq_person_id")),
    )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_citizen_number"), ["citizen_number"], unique=False)
        batch_op.create_index(batch_op.f("ix_person_hamlet_id"), ["hamlet_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_person_household_id"), ["household_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_person_insurance_number"), ["insurance_number"], unique=False)
        batch_op.create_index(batch_op.f("ix_person_old_citizen_number"), ["old_citizen_number"], unique=False)
        batch_op.create_index(batch_op.f("ix_person_phone"), ["phone"], unique=False)
        batch_op.create_index("ix_person_sort_key", ["sort_key", "n"], unique=False)

    op.create_table(
        "receipt",
        sa.Column("n", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("epoch", sa.String(), nullable=False),
        sa.Column("upto", sa.BigInteger(), nullable=False),
        sa.Column("hub_time", sa.DateTime(), nullable=False),
        sa.Column("hub_epoch", sa.String(), nullable=False),
        sa.Column("read_at", sa.DateTime(), nullable=False),
        sa.Column("exceptions", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_receipt")),
    )
    op.create_table(
        "secret",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_secret")),
    )
    op.create_table(
        "setting",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_setting")),
    )
    op.create_table(
        "station",
        sa.Column("commune_code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("upper_name", sa.String(), nullable=False),
        sa.Column("upper_code", sa.String(), nullable=False),
        sa.Column("place_name", sa.String(), nullable=False),
        sa.Column("head_name", sa.String(), nullable=False),
        sa.Column("head_title", sa.String(), nullable=False),
        sa.Column("chairman_name", sa.String(), nullable=False),
        sa.Column("chairman_title", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("training", sa.Boolean(), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("stamps", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("extra", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_station")),
        sa.UniqueConstraint("id", name=op.f("uq_station_id")),
    )
    op.create_table(
        "sub_point",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("stamps", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("extra", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_sub_point")),
        sa.UniqueConstraint("id", name=op.f("uq_sub_point_id")),
    )
    op.create_table(
        "search_text",
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("given", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("initials", sa.String(), nullable=False),
        sa.Column("numbers", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["n"], ["person.n"], name=op.f("fk_search_text_n_person")),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_search_text")),
    )
    for statement in SEARCH:
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TABLE person_search")
    op.drop_table("search_text")
    op.drop_table("sub_point")
    op.drop_table("station")
    op.drop_table("setting")
    op.drop_table("secret")
    op.drop_table("receipt")
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_index("ix_person_sort_key")
        batch_op.drop_index(batch_op.f("ix_person_phone"))
        batch_op.drop_index(batch_op.f("ix_person_old_citizen_number"))
        batch_op.drop_index(batch_op.f("ix_person_insurance_number"))
        batch_op.drop_index(batch_op.f("ix_person_household_id"))
        batch_op.drop_index(batch_op.f("ix_person_hamlet_id"))
        batch_op.drop_index(batch_op.f("ix_person_citizen_number"))

    op.drop_table("person")
    with op.batch_alter_table("pathogen_test", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_pathogen_test_person_id"))
        batch_op.drop_index(batch_op.f("ix_pathogen_test_episode_id"))

    op.drop_table("pathogen_test")
    with op.batch_alter_table("paper_subject", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_paper_subject_person_id"))
        batch_op.drop_index(batch_op.f("ix_paper_subject_paper_id"))
        batch_op.drop_index(batch_op.f("ix_paper_subject_episode_id"))

    op.drop_table("paper_subject")
    op.drop_table("paper_file")
    op.drop_table("paper_chunk")
    with op.batch_alter_table("paper", schema=None) as batch_op:
        batch_op.drop_index("ix_paper_book")

    op.drop_table("paper")
    op.drop_table("pack_edit")
    op.drop_table("number_book")
    op.drop_table("journal_state")
    with op.batch_alter_table("journal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_journal_row_id"))

    op.drop_table("journal")
    op.drop_table("household")
    op.drop_table("hamlet")
    with op.batch_alter_table("episode", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_episode_person_id"))
        batch_op.drop_index("ix_episode_outcome_report")

    op.drop_table("episode")
    op.drop_table("draft")
    op.drop_table("batch")
    op.drop_table("app_user")
