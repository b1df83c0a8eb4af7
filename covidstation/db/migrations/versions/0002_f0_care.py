"""F0 care: triage, checks, alerts, calls, transfers, contacts, medicines, deliveries, reports, edited rules"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID, TEXT, NUMBER, DAY, MOMENT = sa.Uuid, sa.String, sa.Integer, sa.Date, sa.DateTime
JSON, BYTES, FLAG = sa.JSON, sa.LargeBinary, sa.Boolean

# Each new table: its columns (a third word True: may be empty), then its indexes.
TABLES: dict[str, tuple[tuple[Any, ...], ...]] = {
    "alert": (
        ("person_id", ID),
        ("episode_id", ID),
        ("visit_id", ID),
        ("raised_at", MOMENT),
        ("guideline", TEXT),
        ("rule", TEXT),
        ("measure", TEXT),
        ("value", TEXT),
        ("sentence", TEXT),
        ("answered_at", MOMENT, True),
        ("answered_by", TEXT),
        ("answer", TEXT),
        ("note", TEXT),
    ),
    "case_notice": (
        ("person_id", ID),
        ("episode_id", ID),
        ("event", TEXT),
        ("rule", TEXT),
        ("entered_at", MOMENT, True),
        ("entered_by", TEXT),
        ("system_number", TEXT),
        ("note", TEXT),
    ),
    "contact": (
        ("person_id", ID),
        ("source_episode_id", ID, True),
        ("source_words", TEXT),
        ("report_date", DAY),
        ("last_contact_on", DAY, True),
        ("proximity", TEXT),
        ("relation", TEXT),
        ("status", TEXT),
        ("doses_known", NUMBER, True),
        ("last_dose_on", DAY, True),
        ("recovered_on", DAY, True),
        ("quarantine_type", TEXT),
        ("quarantine_address", TEXT),
        ("quarantine_start", MOMENT, True),
        ("quarantine_days", NUMBER, True),
        ("quarantine_until", DAY, True),
        ("quarantine_rule", TEXT),
        ("end_reason", TEXT, True),
        ("ended_on", DAY, True),
        ("became_episode_id", ID, True),
        ("note", TEXT),
    ),
    "daily_report": (
        ("day", DAY),
        ("version", NUMBER),
        ("from_at", MOMENT),
        ("cutoff_at", MOMENT),
        ("frozen_at", MOMENT),
        ("by_name", TEXT),
        ("figures", BYTES),
        ("events", BYTES),
        ("typed", JSON),
        ("content_hash", TEXT),
    ),
    "duty": (
        ("name", TEXT),
        ("title", TEXT),
        ("phone", TEXT),
        ("hamlet_id", ID, True),
        ("valid_from", DAY, True),
        ("valid_until", DAY, True),
    ),
    "follow_up": (
        ("person_id", ID),
        ("episode_id", ID),
        ("due_on", DAY),
        ("means", TEXT),
        ("status", TEXT),
        ("done_at", MOMENT, True),
        ("result", TEXT),
        ("note", TEXT),
        ("by_name", TEXT),
    ),
    "hospitalization": (
        ("person_id", ID),
        ("episode_id", ID),
        ("left_at", MOMENT),
        ("facility", TEXT),
        ("facility_level", TEXT),
        ("reason", TEXT),
        ("state", TEXT),
        ("course", TEXT),
        ("treatment", TEXT),
        ("transport", TEXT),
        ("escort", TEXT),
        ("by_name", TEXT),
        ("returned_at", MOMENT, True),
        ("return_note", TEXT),
        ("voided_at", MOMENT, True),
        ("place_before", TEXT),
        ("address_before", TEXT),
    ),
    "isolation_change": (
        ("person_id", ID),
        ("episode_id", ID, True),
        ("contact_id", ID, True),
        ("changed_at", MOMENT),
        ("days_before", NUMBER, True),
        ("days_after", NUMBER),
        ("until_before", DAY, True),
        ("until_after", DAY),
        ("reason", TEXT),
        ("by_name", TEXT),
    ),
    "paper_delivery": (
        ("paper_id", ID),
        ("delivered_on", DAY),
        ("by_name", TEXT),
        ("to_name", TEXT),
        ("means", TEXT),
        ("note", TEXT),
        ("voids", ID, True),
    ),
    "phone_call": (
        ("person_id", ID),
        ("episode_id", ID, True),
        ("contact_id", ID, True),
        ("at", MOMENT),
        ("by_name", TEXT),
        ("result", TEXT),
        ("summary", TEXT),
        ("next_at", MOMENT, True),
        ("voids", ID, True),
    ),
    "risk_assessment": (
        ("person_id", ID),
        ("episode_id", ID),
        ("assessed_at", MOMENT),
        ("table_id", TEXT),
        ("rule_id", TEXT),
        ("computed", TEXT),
        ("chosen", TEXT),
        ("reason", TEXT),
        ("sentence", TEXT),
        ("guideline", TEXT),
        ("answers", JSON),
        ("eligible", TEXT),
        ("by_name", TEXT),
        ("voids", ID, True),
    ),
    "rule_version": (
        ("family", TEXT),
        ("rule_id", TEXT),
        ("version", NUMBER),
        ("body", TEXT),
        ("confirmed", FLAG),
        ("reason", TEXT),
        ("by_name", TEXT),
        ("edited_at", MOMENT),
    ),
    "treatment": (
        ("person_id", ID),
        ("episode_id", ID, True),
        ("giving", ID),
        ("given_at", MOMENT),
        ("list_id", TEXT),
        ("package", TEXT),
        ("medicine", TEXT),
        ("name", TEXT),
        ("quantity", NUMBER),
        ("unit", TEXT),
        ("dose", TEXT),
        ("days", NUMBER, True),
        ("weight", NUMBER, True),
        ("consent", FLAG),
        ("warnings", JSON),
        ("reason", TEXT),
        ("by_name", TEXT),
        ("lot_id", ID, True),
        ("voids", ID, True),
    ),
    "visit": (
        ("person_id", ID),
        ("episode_id", ID, True),
        ("contact_id", ID, True),
        ("at", MOMENT),
        ("day", DAY),
        ("round", TEXT),
        ("status", TEXT),
        ("means", TEXT),
        ("reason", TEXT),
        ("temperature", NUMBER, True),
        ("spo2", NUMBER, True),
        ("pulse", NUMBER, True),
        ("breaths", NUMBER, True),
        ("systolic", NUMBER, True),
        ("diastolic", NUMBER, True),
        ("symptoms", JSON),
        ("signs_asked", FLAG),
        ("note", TEXT),
        ("guideline", TEXT),
        ("level", TEXT),
        ("by_name", TEXT),
        ("voids", ID, True),
    ),
}
INDEXES: dict[str, tuple[tuple[str, list[str]], ...]] = {
    "alert": (
        ("ix_alert_answered_at", ["answered_at"]),
        ("ix_alert_episode_id", ["episode_id"]),
        ("ix_alert_person_id", ["person_id"]),
    ),
    "case_notice": (
        ("ix_case_notice_episode_id", ["episode_id"]),
        ("ix_case_notice_person_id", ["person_id"]),
    ),
    "contact": (
        ("ix_contact_person_id", ["person_id"]),
        ("ix_contact_source_episode_id", ["source_episode_id"]),
        ("ix_contact_status_report", ["status", "report_date"]),
    ),
    "daily_report": (("ix_daily_report_day", ["day", "version"]),),
    "duty": (("ix_duty_hamlet_id", ["hamlet_id"]),),
    "follow_up": (
        ("ix_follow_up_episode_id", ["episode_id"]),
        ("ix_follow_up_person_id", ["person_id"]),
        ("ix_follow_up_status_due", ["status", "due_on"]),
    ),
    "hospitalization": (
        ("ix_hospitalization_episode_id", ["episode_id"]),
        ("ix_hospitalization_left_at", ["left_at"]),
        ("ix_hospitalization_person_id", ["person_id"]),
        ("ix_hospitalization_rev", ["rev"]),
        ("ix_hospitalization_returned_at", ["returned_at"]),
    ),
    "isolation_change": (
        ("ix_isolation_change_episode_id", ["episode_id"]),
        ("ix_isolation_change_person_id", ["person_id"]),
    ),
    "paper_delivery": (("ix_paper_delivery_paper_id", ["paper_id"]),),
    "phone_call": (
        ("ix_phone_call_next_at", ["next_at"]),
        ("ix_phone_call_person_id", ["person_id"]),
    ),
    "risk_assessment": (
        ("ix_risk_assessment_episode_id", ["episode_id"]),
        ("ix_risk_assessment_person_id", ["person_id"]),
    ),
    "treatment": (
        ("ix_treatment_episode_id", ["episode_id"]),
        ("ix_treatment_person_id", ["person_id"]),
    ),
    "visit": (
        ("ix_visit_contact_day", ["contact_id", "day"]),
        ("ix_visit_day", ["day"]),
        ("ix_visit_episode_day", ["episode_id", "day"]),
        ("ix_visit_person_id", ["person_id"]),
    ),
}


VOIDING = ("pathogen_test", "phone_call", "visit")
"""Whose corrections are looked up: an index over the few rows that void another one."""


def upgrade() -> None:
    for name, columns in TABLES.items():
        _create(name, columns)
        for index, fields in INDEXES.get(name, ()):
            op.create_index(index, name, fields)
    _grow_illnesses()
    _grow_papers()
    _grow_people()
    for name in VOIDING:
        some = sa.text("voids IS NOT NULL")
        op.create_index(f"ix_{name}_voids", name, ["voids"], sqlite_where=some)


def _create(name: str, columns: tuple[tuple[Any, ...], ...]) -> None:
    op.create_table(
        name,
        *(sa.Column(column[0], column[1](), nullable=len(column) > 2) for column in columns),
        sa.Column("n", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("stamps", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("extra", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("n", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("id", name=op.f(f"uq_{name}_id")),
    )


def _text(name: str, default: str = "") -> sa.Column[str]:
    words = sa.text(f"'{default}'")  # door: a constant of this file
    return sa.Column(name, sa.String(), server_default=words, nullable=False)


def _grow_illnesses() -> None:
    op.add_column("episode", _text("found_in"))
    op.add_column("episode", sa.Column("from_contact_id", sa.Uuid(), nullable=True))
    op.add_column("episode", sa.Column("checks_a_day", sa.Integer(), nullable=True))
    op.add_column("episode", _text("risk_class"))
    op.add_column("episode", _text("outcome_place"))
    op.add_column("episode", _text("outcome_note"))
    op.create_index("ix_episode_outcome_on", "episode", ["outcome_on"])
    op.create_index("ix_episode_report_date", "episode", ["report_date"])
    sums = ["person_id", "report_date", "classification", "found_in", "id"]
    op.create_index("ix_episode_sums", "episode", sums)
    op.create_index("ix_person_place", "person", ["id", "hamlet_id"])
    op.create_index("ix_episode_rev", "episode", ["rev"])
    op.create_index("ix_pathogen_test_sampled", "pathogen_test", ["sampled_on", "kind", "result"])
    op.add_column("pathogen_test", sa.Column("contact_id", sa.Uuid(), nullable=True))
    op.create_index(op.f("ix_pathogen_test_contact_id"), "pathogen_test", ["contact_id"])


def _grow_papers() -> None:
    op.add_column("paper", sa.Column("about_id", sa.Uuid(), nullable=True))
    with op.batch_alter_table("paper_subject") as batch:
        batch.add_column(sa.Column("contact_id", sa.Uuid(), nullable=True))
        batch.alter_column("episode_id", existing_type=sa.Uuid(), nullable=True)
        batch.create_index(op.f("ix_paper_subject_contact_id"), ["contact_id"])


def _grow_people() -> None:
    op.add_column("person", sa.Column("citizen_issued_on", sa.Date(), nullable=True))
    op.add_column("person", _text("breastfeeding", "UNKNOWN"))
    for name in ("occupation", "workplace", "father_name", "mother_name"):
        op.add_column("person", _text(name))
