"""Which right the act behind each button needs, by the button's object name: the one table for all pages.

A button that only leads to another page, or filters what is seen, needs none and stands not here. What the services
themselves refuse is the wall; this keeps a person from running into it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from covidstation.domain.rights import Right
from covidstation.errors import UserError
from covidstation.messages import sentence
from covidstation.services.rights import Acting, may

_NAMES: Final[Mapping[Right, str]] = {
    Right.ENTER: """new_f0 first_f0 tab_new_f0 tab_again head_new_f0 edit_person edit_illness head_check care_check
        care_call head_add_test head_test_first add_test head_call add_contact first_contact add_household
        section_household section_add_contact edit_contact contact_check contact_becomes contact_test section_test
        save_sheet clear_sheet to_line_list mark_delivered mark_list_delivered mark_paper_delivered
        unmark_paper_delivered make_head mark_entered unmark_entered save_button add_hamlet add_visit edit_visit
        void_visit add_home first_home edit_home set_relation settle_member member_died members_leave members_move
        add_birth add_member undo_move add_supply count_supplies issue_supplies receive_supplies first_supply
        edit_supply end_supply edit_lot move_lot count_supply issue_supply receive_supply correct_movement
        take_back_movement give_dose keep_screening send_without let_go add_reaction take_back_dose call_back
        plan_session edit_session cancel_session open_session close_session first_session invite_people
        uninvite_people let_rested_go take_vaccine leave_vaccine waste_doses draw_over void_waste reopen_reaction
        report_reaction end_reaction edit_reaction add_walk_in keep_sitting""",
    Right.TREAT: """head_outcome set_outcome head_return care_return head_transfer care_transfer care_give care_change
        care_triage reopen_illness outcome_illness contact_days contact_end section_end danger_answer
        danger_transfer answer_alert transfer_person""",
    Right.ISSUE: "void_paper issue_missing save_print_button",
    Right.REPORT: "freeze_report freeze_again report_hours",
    Right.PRINT: """print_work print_round contact_sheet print_list print_dossiers print_dossier print_sign_list
        print_book save_book print_report print_draft print_frozen save_frozen_pdf print_case_reports print_duties
        print_slip print_patient_sheet print_population print_ledger
        print_session print_reaction""",
    Right.EXPORT: "export_list save_xlsx save_ledger export_data export_fhir",
    Right.SEND: "take_from_stick try_line",
    Right.MANAGE: """save_station save_line add_sub_point add_duty edit_duty end_duty start_at take_certificate
        save_text restore_text add_line save_rule restore_rule purge_records station_keys change_keys enrol_anew""",
}


def needed() -> Iterator[tuple[str, Right]]:
    """Each button's name with its right."""
    for right, names in _NAMES.items():
        for name in names.split():
            yield name, right


def closed_to(place: Acting) -> dict[str, str]:
    """The buttons that whoever unlocked the register may not press, each with the reason."""
    return {name: sentence(UserError(f"rights.{right.value}")) for name, right in needed() if not may(place, right)}
