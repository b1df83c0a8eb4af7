"""Those who are in charge of a hamlet, or of the whole commune: what they are, and in which team of the epidemic."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class DutyRole(StrEnum):
    """What somebody is; a code that this version does not know reads as unsaid."""

    UNSAID = ""
    STATION = "STATION"  # health worker of the station
    VILLAGE = "VILLAGE"  # village health worker (y tế thôn bản)
    HAMLET_HEAD = "HAMLET_HEAD"  # trưởng thôn, trưởng bản
    COVID_TEAM = "COVID_TEAM"  # tổ COVID cộng đồng
    REINFORCEMENT = "REINFORCEMENT"  # sent by a higher level, students, volunteers

    @classmethod
    def _missing_(cls, value: object) -> DutyRole:
        return cls.UNSAID


class Team(StrEnum):
    """A team of the epidemic, as the people's committee founds it; an unknown code reads as none."""

    NONE = ""
    MOBILE_STATION = "MOBILE_STATION"  # trạm y tế lưu động
    CARE_TEAM = "CARE_TEAM"  # tổ chăm sóc F0 tại nhà
    RAPID_RESPONSE = "RAPID_RESPONSE"  # đội đáp ứng nhanh

    @classmethod
    def _missing_(cls, value: object) -> Team:
        return cls.NONE


ROLE_WORDS: Final[Mapping[DutyRole, str]] = {
    DutyRole.UNSAID: "",
    DutyRole.STATION: "Cán bộ trạm",
    DutyRole.VILLAGE: "Y tế thôn bản",
    DutyRole.HAMLET_HEAD: "Trưởng thôn, bản",
    DutyRole.COVID_TEAM: "Tổ COVID cộng đồng",
    DutyRole.REINFORCEMENT: "Người tăng cường",
}
TEAM_WORDS: Final[Mapping[Team, str]] = {
    Team.NONE: "",
    Team.MOBILE_STATION: "Trạm y tế lưu động",
    Team.CARE_TEAM: "Tổ chăm sóc F0 tại nhà",
    Team.RAPID_RESPONSE: "Đội đáp ứng nhanh",
}
"""As papers print them: always Vietnamese."""
