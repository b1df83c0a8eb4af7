"""A month of an epidemic played through the services; each frozen report is compared with a ledger kept beside it."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID

import pytest

from covidstation.domain.care import FoundIn, Round, Vitals
from covidstation.domain.dates import PartialDate
from covidstation.domain.episodes import EpisodeDraft, PathogenTest, TestKind, TestResult
from covidstation.domain.hospitalization import ReturnDraft, TransferDraft
from covidstation.domain.monitoring import VisitDraft
from covidstation.domain.packs import PaperKind
from covidstation.domain.people import PersonDraft, Sex
from covidstation.services.care.outcomes import Ending, OutcomeDraft, record_outcome
from covidstation.services.care.rounds import record_visit
from covidstation.services.care.transfers import return_home, transfer_out
from covidstation.services.episodes import F0Draft, add_test, register_f0
from covidstation.services.papers.issuing import issue_paper, void_paper
from covidstation.services.places import add_hamlet
from covidstation.services.reports.daily import Typed, freeze_report
from covidstation.services.upkeep.check import check_register
from tests.e2e.epidemic import CUTOFF, DAYS, FIRST, HAMLETS, Act, Deed, Ledger, acts
from tests.services.samples import HANOI, catalog, found, opened

pytestmark = pytest.mark.timeout(300)


class Station:
    """Does each act as a person would: registering, measuring, printing, sending on."""

    def __init__(self, register) -> None:
        self.register, self.db, self.by = register, register.db, register.user_id
        self.episodes: dict[int, UUID] = {}
        self.people: dict[int, UUID] = {}
        self.transfers: dict[int, UUID] = {}
        self.papers: dict[int, UUID] = {}
        self.random = Random(11)
        start = datetime.combine(FIRST - timedelta(days=1), time(8), HANOI)
        self.hamlets = {name: add_hamlet(self.db, f"Bản {name}", by=self.by, now=start).value for name in HAMLETS}

    def do(self, act: Act) -> None:
        """One act at its moment."""
        now = act.at.replace(tzinfo=HANOI)
        {
            Deed.REGISTER: self.register_case,
            Deed.LATE: self.register_case,
            Deed.REINFECT: self.register_case,
            Deed.TRANSFER: self.transfer,
            Deed.RETURN: self.come_back,
            Deed.RECOVER: self.recover,
            Deed.DIE: self.die,
            Deed.DIE_AWAY: self.die,
            Deed.WRONG: self.take_back,
        }[act.deed](act, now)

    def register_case(self, act: Act, now: datetime) -> None:
        """A new illness; every other one gets its decision at once."""
        person = PersonDraft(
            full_name=f"Lò Văn {'ABCDEFGHIKLMNOPQRSTUVXY'[act.case % 23]}{'aeiou'[act.case // 23]}",
            birth=PartialDate(1940 + (act.case * 7) % 80),
            sex=Sex.MALE,
            hamlet_id=self.hamlets[act.hamlet],
        )
        test = PathogenTest(kind=TestKind.RAPID_ANTIGEN, sampled_on=act.on, place="Trạm Y tế")
        draft = F0Draft(
            person=person,
            episode=EpisodeDraft(report_date=act.on, found_in=FoundIn.COMMUNITY, doses_known=2),
            tests=(test,),
        )
        made = register_f0(self.db, draft, catalog=catalog(), by=self.by, now=now).value
        self.episodes[act.case], self.people[act.case] = made.id, made.person_id
        self._order(act.case, now)

    def _order(self, case: int, now: datetime) -> None:
        paper = issue_paper(
            self.db,
            PaperKind.ISOLATION_ORDER,
            [self.episodes[case]],
            catalog=catalog(),
            issued_on=now.date(),
            by=self.by,
            now=now,
        )
        self.papers[case] = paper.value.id

    def transfer(self, act: Act, now: datetime) -> None:
        """To the district hospital, after a check that raised an alert."""
        at = act.at - timedelta(minutes=30)
        check = VisitDraft(
            episode_id=self.episodes[act.case], at=at, round=Round.AFTERNOON, vitals=Vitals(spo2=92, breaths=28)
        )
        record_visit(
            self.db, check, catalog=catalog(), by=self.by, by_name="Mai", now=now - timedelta(minutes=29), sure=True
        )
        draft = TransferDraft(left_at=act.at, facility="Trung tâm Y tế huyện Sìn Hồ", reason="SpO2 92 %")
        left = transfer_out(self.db, self.episodes[act.case], draft, by=self.by, by_name="Mai", now=now)
        assert left.value.alerts > 0
        self.transfers[act.case] = left.value.id

    def come_back(self, act: Act, now: datetime) -> None:
        draft = ReturnDraft(returned_at=act.at)
        return_home(self.db, self.transfers[act.case], draft, catalog=catalog(), by=self.by, by_name="Mai", now=now)

    def recover(self, act: Act, now: datetime) -> None:
        """A negative test and the ending paper, which ends the illness."""
        test = PathogenTest(sampled_on=act.on, result=TestResult.NEGATIVE, place="Trạm Y tế")
        add_test(self.db, self.episodes[act.case], test, by=self.by, now=now)
        issue_paper(
            self.db,
            PaperKind.ISOLATION_END,
            [self.episodes[act.case]],
            catalog=catalog(),
            issued_on=now.date(),
            by=self.by,
            now=now,
        )

    def die(self, act: Act, now: datetime) -> None:
        draft = OutcomeDraft(ending=Ending.DIED, on=act.on, place="nhà", cause="COVID-19")
        self._end(act, draft, now)

    def take_back(self, act: Act, now: datetime) -> None:
        """Entered by mistake: the paper is voided, then the case is none."""
        void_paper(self.db, self.papers[act.case], "Nhập nhầm người", by=self.by, now=now)
        self._end(act, OutcomeDraft(ending=Ending.NO_CASE, on=act.on, reason="Nhập nhầm người"), now)

    def _end(self, act: Act, draft: OutcomeDraft, now: datetime) -> None:
        record_outcome(self.db, self.episodes[act.case], draft, catalog=catalog(), by=self.by, by_name="Mai", now=now)

    def cases(self, ids) -> set[int]:
        """Which cases of the plan stand behind these illnesses."""
        number = {episode: case for case, episode in self.episodes.items()}
        return {number[one] for one in ids}


def freeze(station: Station, day: date):
    now = datetime.combine(day, time(6, 45), HANOI)
    typed = Typed(oxygen=0, difficulties="không")
    return freeze_report(station.db, day, typed, catalog=catalog(), by=station.by, now=now).value


@pytest.mark.parametrize("seed", [3, 8])
def test_every_report_of_the_month_says_what_the_ledger_says(tmp_path, seed):
    found(tmp_path / "station", now=datetime.combine(FIRST - timedelta(days=2), time(8), HANOI))
    register = opened(tmp_path / "station")
    station, ledger, waiting = Station(register), Ledger(), list(acts(seed))
    freeze(station, FIRST)
    ledger.close(FIRST)
    seen = Counter()
    for number in range(1, DAYS + 1):
        day = FIRST + timedelta(days=number)
        until = datetime.combine(day, CUTOFF)
        while waiting and waiting[0].at <= until:
            act = waiting.pop(0)
            station.do(act)
            ledger.take(act)
            seen[act.deed] += 1
        compare(station, freeze(station, day), ledger.close(day), day)
    assert min(seen[deed] for deed in Deed) > 0, seen
    assert [one for one in check_register(register.db, tmp_path / "station") if not one.good] == []
    register.db.close()


def compare(station, report, wanted, day):
    """Figure by figure: the people behind each, and the number itself."""
    behind = {
        "new": wanted.new,
        "late.new": wanted.late,
        "recovered": wanted.recovered,
        "out": wanted.out,
        "in": wanted.back,
        "died": wanted.died,
        "withdrawn.new": wanted.withdrawn,
    }
    for name, cases in behind.items():
        assert station.cases(report.cases(name)) == cases, (day, name)
        assert report.today(name) == len(cases), (day, name)
    assert station.cases(report.cases("under")) == wanted.under_care, day
    assert report.today("under") == len(wanted.under_care), day
