"""Two patients that may be one: reception decides, nothing is lost, nothing is overwritten, all of it on record."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from threading import Barrier
from typing import Any, Optional

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Table, func, insert, select, text, update
from sqlalchemy.engine import Connection, Engine

from clinic.appointments import book_slot
from clinic.conversations import ensure_conversation
from clinic.database.tables import (
    access_events,
    appointments,
    contact_patients,
    encounters,
    metadata,
    patient_links,
    patients,
    specialties,
    staff,
    tasks,
    waitlist_entries,
    waitlist_offers,
)
from clinic.demo import DemoClinic, seed_demo
from clinic.patient_links import (
    AlreadyDecided,
    Doubt,
    PairChanged,
    UnknownDoubt,
    count_open_doubts,
    decide,
    load_doubt,
    open_doubts,
    visits_at_one_time,
)
from clinic.patient_merging import BirthDatesDiffer
from clinic.patients import (
    add_patient,
    living_patients_of,
    patient_of_contact,
    patients_of,
    record_doubt,
    similar_in_household,
)
from clinic.schedule import Slot, practitioners_of
from clinic.staff import Staff
from clinic.tasks import open_task
from tests.clinic.conftest import NOW

MAY, JUNE = date(1990, 5, 1), date(1990, 6, 1)


@dataclass(frozen=True)
class Office:
    """The clinic's rows, in one transaction."""

    conn: Connection
    clinic: DemoClinic
    member: Staff

    def contact(self, number: int = 1) -> tuple[str, str]:
        """Who writes from this number, and their chat."""
        chat = ensure_conversation(
            self.conn, self.clinic.phone_number_id, wa_id=f"9665000{number:05d}", user_id=None, profile_name=None
        )
        return chat.contact_id, chat.id

    def patient(self, name: str, number: Optional[int] = 1, relationship: str = "self", **known: Any) -> str:
        """Each a day older than the one before."""
        age = self.conn.execute(select(func.count()).select_from(patients)).scalar_one()
        values = {"clinic_id": self.clinic.id, "name": name, "created_at": NOW + timedelta(days=age), **known}
        id = str(self.conn.execute(insert(patients).values(**values).returning(patients.c.id)).scalar_one())
        if number is not None:
            tie = {"contact_id": self.contact(number)[0], "patient_id": id, "relationship": relationship}
            self.conn.execute(insert(contact_patients).values(clinic_id=self.clinic.id, **tie))
        return id

    def doubt(self, one: str, other: str) -> str:
        record_doubt(self.conn, self.clinic.id, one, other, "asked")
        both = sorted((one, other))
        return str(
            self.conn.execute(
                select(patient_links.c.id).where(
                    patient_links.c.patient_id == both[0], patient_links.c.other_patient_id == both[1]
                )
            ).scalar_one()
        )

    def see(self, link: str) -> Doubt:
        return load_doubt(self.conn, self.clinic.id, link)

    def decide(self, link: str, state: str, birth_date: Optional[date] = None) -> None:
        decide(self.conn, self.member, link, state, self.see(link).pair, NOW, birth_date)

    def merged(self, kept: str, gone: str) -> None:
        self.decide(self.doubt(kept, gone), "same")
        assert self.row(gone).merged_into == kept

    def row(self, patient_id: str) -> Any:
        return self.conn.execute(select(patients).where(patients.c.id == patient_id)).one()

    def specialty(self) -> str:
        mine = select(specialties.c.id).where(specialties.c.clinic_id == self.clinic.id)
        return str(self.conn.execute(mine.order_by(specialties.c.position).limit(1)).scalar_one())

    def visit(self, patient_id: str, hours: int = 1, number: int = 1, doctor: int = 0) -> str:
        start = NOW + timedelta(hours=hours)
        slot = Slot(practitioners_of(self.conn, self.clinic.id)[doctor], start, start + timedelta(minutes=20))
        contact, key = self.contact(number)[0], f"{patient_id}{hours}{doctor}"
        return book_slot(
            self.conn, self.clinic.id, contact, self.specialty(), patient_id, slot, NOW, idempotency_key=key
        )

    def encounter(self, patient_id: str) -> str:
        row = insert(encounters).values(clinic_id=self.clinic.id, patient_id=patient_id, visited_on=date(2025, 1, 1))
        return str(self.conn.execute(row.returning(encounters.c.id)).scalar_one())

    def waits(self, patient_id: str, number: int = 1, since: datetime = NOW) -> str:
        contact, chat = self.contact(number)
        row = insert(waitlist_entries).values(
            clinic_id=self.clinic.id,
            contact_id=contact,
            conversation_id=chat,
            patient_id=patient_id,
            specialty_id=self.specialty(),
            created_at=since,
        )
        return str(self.conn.execute(row.returning(waitlist_entries.c.id)).scalar_one())

    def whose(self, table: Table, id: str) -> str:
        return str(self.conn.execute(select(table.c.patient_id).where(table.c.id == id)).scalar_one())

    def on_record(self, action: str) -> list[str]:
        query = select(access_events.c.subject).where(
            access_events.c.action == action, access_events.c.staff_id == self.member.id
        )
        return sorted(self.conn.execute(query).scalars())

    def behind(self, number: int) -> list[tuple[str, str]]:
        return [(one.id, one.relationship) for one in patients_of(self.conn, self.clinic.id, self.contact(number)[0])]


def member_of(conn: Connection, clinic: DemoClinic, username: str) -> Staff:
    who = {"username": username, "name": username.title(), "role": "reception", "language": "en"}
    row = insert(staff).values(clinic_id=clinic.id, password_hash="-", **who).returning(staff.c.id)
    return Staff(str(conn.execute(row).scalar_one()), clinic.id, **who)


@pytest.fixture
def office(engine: Engine, clinic: DemoClinic) -> Any:
    with engine.begin() as conn:
        yield Office(conn, clinic, member_of(conn, clinic, "reem"))


def test_everything_that_names_a_patient_moves_when_two_become_one(office: Office) -> None:
    """Read from the tables, so that a table to come is not forgotten."""
    naming = {
        table.name
        for table in metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table is patients and table is not patients
    }
    assert naming == {
        "appointments", "encounters", "waitlist_entries", "tasks", "contact_patients", "patient_links"
    }  # fmt: skip
    kept, gone = office.patient("Mona Saleh"), office.patient("Muna Salih", 2)
    visit, before, place = office.visit(gone, number=2), office.encounter(gone), office.waits(gone, 2)
    open_task(office.conn, office.clinic.id, "call_patient", NOW, patient_id=gone)
    [task] = office.conn.execute(select(tasks.c.id)).scalars()
    office.merged(kept, gone)
    for table, id in ((appointments, visit), (encounters, before), (waitlist_entries, place), (tasks, task)):
        assert office.whose(table, id) == kept
        assert f"{table.name}:{id} from patients:{gone}" in office.on_record("merge_move")
    assert office.behind(1) == office.behind(2) == [(kept, "self")]
    assert f"contact_patients:{office.contact(2)[0]} self from patients:{gone}" in office.on_record("merge_move")
    assert office.on_record("merge_patient") == [f"patients:{gone} into patients:{kept}"]


def test_the_decision_says_who_and_when(office: Office) -> None:
    link = office.doubt(office.patient("Mona"), office.patient("Muna"))
    office.decide(link, "same")
    seen = office.see(link)
    assert (seen.state, seen.decided_by, seen.decided_at) == ("same", "Reem", NOW)
    assert office.on_record("decide_same") == [f"patient_links:{link}"]


def test_two_people_stay_two_and_are_not_asked_about_again(office: Office) -> None:
    one, other = office.patient("Ali", birth_date=MAY), office.patient("Ali", birth_date=JUNE)
    link, visit = office.doubt(one, other), office.visit(other)
    office.decide(link, "different")
    assert office.whose(appointments, visit) == other and office.row(other).merged_into is None
    assert count_open_doubts(office.conn, office.clinic.id) == 0
    assert office.doubt(other, one) == link  # the chat asks once more
    assert office.see(link).state == "different"
    assert office.on_record("decide_different") == [f"patient_links:{link}"]


def test_the_one_whom_the_practice_knows_stays_else_the_older(office: Office) -> None:
    old, known, new = office.patient("Mona"), office.patient("Mona", external_id="F1"), office.patient("Mona")
    also_known = office.patient("Mona", external_id="F2")
    kept = [
        office.see(office.doubt(one, other)).people[0].id
        for one, other in ((new, old), (old, known), (known, also_known), (also_known, new))
    ]
    assert kept == [old, known, known, also_known]


def test_the_merged_one_disappears_from_every_choice(office: Office) -> None:
    kept, gone = office.patient("Mona Saleh"), office.patient("Muna Salih")
    contact, clinic = office.contact()[0], office.clinic.id
    office.merged(kept, gone)
    # Even a tie that a list brings back shows nobody.
    office.conn.execute(
        insert(contact_patients).values(clinic_id=clinic, contact_id=contact, patient_id=gone, relationship="self")
    )
    assert [one.id for one in patients_of(office.conn, clinic, contact)] == [kept]
    assert [one.id for one in living_patients_of(office.conn, clinic, contact)] == [kept]
    assert patient_of_contact(office.conn, clinic, contact, gone) is None
    assert gone not in [one.id for one in similar_in_household(office.conn, clinic, contact, "Muna Salih", "self")]
    assert add_patient(office.conn, clinic, contact, "Muna Salih", "self").id != gone


known = st.fixed_dictionaries(
    {
        "birth_date": st.sampled_from((None, MAY)),
        "gender": st.sampled_from((None, "unknown", "female", "male")),
        "language": st.sampled_from((None, "ar", "en")),
        "children": st.sampled_from((None, 0, 3)),
        "deceased": st.booleans(),
        "conditions": st.lists(st.sampled_from(("a", "b", "c")), unique=True, max_size=3),
    }
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mine=known, theirs=known)
def test_what_is_known_of_the_one_who_stays_is_never_overwritten_and_blanks_are_filled(
    office: Office, mine: dict[str, Any], theirs: dict[str, Any]
) -> None:
    with office.conn.begin_nested() as attempt:
        kept, gone = office.patient("Mona", **mine), office.patient("Muna", **theirs)
        office.merged(kept, gone)
        row, filled = office.row(kept), office.on_record("merge_fill")
        attempt.rollback()
    for name in ("birth_date", "gender", "language", "children"):
        blank = mine[name] in (None, "unknown")
        wanted = theirs[name] if blank and theirs[name] is not None else mine[name]
        assert getattr(row, name) == wanted
        assert (f"patients:{kept} {name} from patients:{gone}" in filled) == (wanted != mine[name])
    assert row.deceased == (mine["deceased"] or theirs["deceased"])
    assert row.conditions[: len(mine["conditions"])] == mine["conditions"]
    assert set(row.conditions) == {*mine["conditions"], *theirs["conditions"]}
    assert row.name == "Mona"


def test_two_birth_dates_are_refused_until_somebody_says_which_is_right(engine: Engine, clinic: DemoClinic) -> None:
    with engine.begin() as conn:
        office = Office(conn, clinic, member_of(conn, clinic, "reem"))
        kept, gone = office.patient("Ali", birth_date=MAY), office.patient("Ali", birth_date=JUNE)
        link, visit = office.doubt(kept, gone), office.visit(gone)
        assert office.see(link).birth_dates == (MAY, JUNE)
    for wrong in (None, date(2000, 1, 1)):
        with pytest.raises(BirthDatesDiffer), engine.begin() as conn:
            Office(conn, clinic, office.member).decide(link, "same", wrong)
    with engine.begin() as conn:
        office = Office(conn, clinic, office.member)
        assert office.see(link).state == "asked" and office.whose(appointments, visit) == gone  # nothing half done
        assert office.on_record("decide_same") == []
        office.decide(link, "same", JUNE)
        assert office.row(kept).birth_date == JUNE
        assert office.on_record("merge_replace") == [f"patients:{kept} birth_date {MAY.isoformat()}"]


@pytest.mark.parametrize(("mine", "theirs", "left"), [("self", "child", "self"), ("other", "child", "child")])
def test_nobody_stands_twice_behind_a_number(office: Office, mine: str, theirs: str, left: str) -> None:
    kept, gone = office.patient("Ali", 1, mine), office.patient("Ali", 1, theirs)
    office.merged(kept, gone)
    assert office.behind(1) == [(kept, left)]


@pytest.mark.parametrize("earlier", ["kept", "gone"])
def test_who_waits_twice_keeps_the_better_place_and_the_other_ends_with_its_offers(
    office: Office, earlier: str
) -> None:
    kept, gone = office.patient("Mona"), office.patient("Muna", 2)
    first = office.waits(kept if earlier == "kept" else gone, since=NOW - timedelta(days=2))
    second = office.waits(gone if earlier == "kept" else kept, 2, NOW - timedelta(days=1))
    office.conn.execute(
        text(
            "INSERT INTO freed_slots (id, clinic_id, practitioner_id, during) "
            "SELECT gen_random_uuid(), :clinic, id, tstzrange(now(), now() + '1 hour') FROM practitioners "
            "WHERE clinic_id = :clinic LIMIT 1"
        ),
        {"clinic": office.clinic.id},
    )
    office.conn.execute(
        text(
            "INSERT INTO waitlist_offers (id, clinic_id, entry_id, freed_slot_id, during, expires_at) "
            "SELECT gen_random_uuid(), :clinic, :entry, id, during, now() FROM freed_slots"
        ),
        {"clinic": office.clinic.id, "entry": second},
    )
    office.merged(kept, gone)
    rows = office.conn.execute(select(waitlist_entries.c.id, waitlist_entries.c.status, waitlist_entries.c.patient_id))
    assert {row.id: (row.status, row.patient_id) for row in rows} == {
        first: ("waiting", kept),
        second: ("left", kept),
    }
    assert office.conn.execute(select(waitlist_offers.c.status)).scalar_one() == "expired"
    assert office.on_record("merge_end") == [f"waitlist_entries:{second}"]


def test_visits_of_both_at_one_time_stay_and_are_named(office: Office) -> None:
    kept, gone = office.patient("Mona"), office.patient("Muna", 2)
    link = office.doubt(kept, gone)
    office.visit(kept, 5), office.visit(gone, 5, 2, doctor=1), office.visit(gone, 8, 2)
    for _ in range(2):  # before the decision and after it
        [clash] = visits_at_one_time(office.conn, office.clinic.id, office.see(link), NOW)
        assert clash.start == NOW + timedelta(hours=5) and len(set(clash.practitioners("en"))) == 2
        if office.see(link).state == "asked":
            office.decide(link, "same")
    assert visits_at_one_time(office.conn, office.clinic.id, office.see(link), NOW + timedelta(days=1)) == []
    live = select(func.count()).where(appointments.c.patient_id == kept, appointments.c.status == "booked")
    assert office.conn.execute(live).scalar_one() == 3
    office.conn.execute(update(appointments).where(appointments.c.patient_id == kept).values(status="cancelled"))
    assert visits_at_one_time(office.conn, office.clinic.id, office.see(link), NOW) == []


def test_a_visit_and_its_encounter_are_counted_once_and_a_hold_not_at_all(office: Office) -> None:
    mona, muna = office.patient("Mona"), office.patient("Muna")
    visit, before = office.visit(mona), office.encounter(mona)
    office.conn.execute(update(encounters).where(encounters.c.id == before).values(appointment_id=visit))
    office.encounter(mona)
    hold = office.visit(muna, 9)
    office.conn.execute(
        update(appointments).where(appointments.c.id == hold).values(status="proposed", hold_expires_at=NOW)
    )
    assert [one.visits for one in office.see(office.doubt(mona, muna)).people] == [2, 0]


def test_no_more_than_the_last_digits_of_a_number_are_read(office: Office) -> None:
    link = office.doubt(office.patient("Mona", 1), office.patient("Muna", None))
    assert [one.numbers for one in office.see(link).people] == [("0001",), ()]
    assert "9665000" not in repr(office.see(link))


def test_where_somebody_came_from_is_told(office: Office) -> None:
    listed, chatting = office.patient("Mona", None), office.patient("Muna", 1)
    practice = office.patient("Mona S", 1, external_id="F1")
    origins = {
        one.id: one.origin
        for link in (office.doubt(listed, chatting), office.doubt(listed, practice))
        for one in office.see(link).people
    }
    assert origins == {listed: "list", chatting: "chat", practice: "practice"}


def test_a_doubt_about_the_other_is_asked_about_the_one_who_stays(office: Office) -> None:
    kept, gone, third = office.patient("Mona"), office.patient("Muna"), office.patient("Mouna")
    link = office.doubt(gone, third)
    seen = office.see(link).pair
    office.merged(kept, gone)
    assert {one.id for one in office.see(link).people} == {kept, third}
    assert [one.id for one in open_doubts(office.conn, office.clinic.id, 9)] == [link]
    with pytest.raises(PairChanged):  # somebody still looks at the pair as it was
        decide(office.conn, office.member, link, "different", seen, NOW)
    office.decide(link, "same")
    assert office.row(third).merged_into == kept


def test_a_word_that_stands_on_the_pair_already_is_not_asked_again(office: Office) -> None:
    kept, gone, third = office.patient("Mona"), office.patient("Muna"), office.patient("Mouna")
    office.decide(office.doubt(kept, third), "different")
    hidden = office.doubt(gone, third)
    office.merged(kept, gone)
    assert open_doubts(office.conn, office.clinic.id, 9) == []
    with pytest.raises(UnknownDoubt):
        office.see(hidden)
    with pytest.raises(UnknownDoubt):
        decide(office.conn, office.member, hidden, "same", "", NOW)
    assert office.row(third).merged_into is None


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pairs=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)).filter(lambda two: two[0] != two[1]), max_size=8),
    words=st.lists(st.sampled_from(("same", "different")), min_size=8, max_size=8),
    known=st.sets(st.integers(0, 5)),
)
def test_whatever_is_decided_nobody_points_to_a_merged_one_and_no_visit_is_lost(
    office: Office, pairs: list[tuple[int, int]], words: list[str], known: set[int]
) -> None:
    with office.conn.begin_nested() as attempt:
        people = [office.patient(f"P{n}", n, external_id=f"F{n}" if n in known else None) for n in range(6)]
        visits = [office.encounter(person) for person in people]
        for one, other in pairs:
            office.doubt(people[one], people[other])
        for word in words:
            for asked in open_doubts(office.conn, office.clinic.id, 1):
                office.decide(asked.id, word)
        left = {id: office.row(id).merged_into for id in people}
        owners = {office.whose(encounters, visit) for visit in visits}
        links = office.conn.execute(select(patient_links).where(patient_links.c.state == "asked")).all()
        count, shown = count_open_doubts(office.conn, office.clinic.id), open_doubts(office.conn, office.clinic.id, 99)
        households = [office.behind(n) for n in range(6)]
        attempt.rollback()
    staying = {id for id, into in left.items() if into is None}
    assert all(into in staying for into in left.values() if into is not None)
    assert owners == staying
    assert len(shown) == count == len([one for one in links if {one.patient_id, one.other_patient_id} <= staying])
    assert [[id for id, _ in household] for household in households] == [[left[id] or id] for id in people]


def test_the_doubts_of_another_clinic_are_unknown(office: Office) -> None:
    there = seed_demo(office.conn, "200000000000002", "300000000000002")
    theirs = Office(office.conn, there, member_of(office.conn, there, "them"))
    kept, gone = theirs.patient("Mona"), theirs.patient("Muna")
    link = theirs.doubt(kept, gone)
    assert open_doubts(office.conn, office.clinic.id, 9) == [] and count_open_doubts(office.conn, office.clinic.id) == 0
    with pytest.raises(UnknownDoubt):
        office.see(link)
    with pytest.raises(UnknownDoubt):
        decide(office.conn, office.member, link, "same", theirs.see(link).pair, NOW)
    assert theirs.see(link).state == "asked" and theirs.row(gone).merged_into is None
    # A row that should not be, across two clinics, is nobody's.
    office.conn.execute(update(patients).where(patients.c.id == gone).values(clinic_id=office.clinic.id))
    for one in (office, theirs):
        with pytest.raises(UnknownDoubt):
            one.see(link)


def test_a_decision_is_one_of_two_words(office: Office) -> None:
    link = office.doubt(office.patient("Mona"), office.patient("Muna"))
    with pytest.raises(ValueError):
        office.decide(link, "asked")


def test_of_many_who_decide_at_once_one_wins_and_the_others_are_told(engine: Engine, clinic: DemoClinic) -> None:
    with engine.begin() as conn:
        office = Office(conn, clinic, member_of(conn, clinic, "reem"))
        kept, gone = office.patient("Mona"), office.patient("Muna")
        link, visit = office.doubt(kept, gone), office.visit(gone)
        pair = office.see(link).pair
    words = ["same", "different"] * 3
    line = Barrier(len(words))

    def reach(word: str) -> str:
        line.wait()
        try:
            with engine.begin() as conn:
                decide(conn, office.member, link, word, pair, NOW)
        except AlreadyDecided as error:
            return f"lost to {error.state}"
        return f"won {word}"

    with ThreadPoolExecutor(len(words)) as pool:
        told = list(pool.map(reach, words))
    [won] = {one for one in told if one.startswith("won")}
    assert told.count(won) == 1 and told.count(won.replace("won", "lost to")) == len(words) - 1
    with engine.begin() as conn:
        office = Office(conn, clinic, office.member)
        state = office.see(link).state
        assert won == f"won {state}"
        assert office.whose(appointments, visit) == (kept if state == "same" else gone)
        assert len(office.on_record("merge_patient")) == (state == "same")


def test_a_booking_that_was_under_way_follows_the_merge(engine: Engine, clinic: DemoClinic) -> None:
    """It read the patient before the merge and writes after it: the visit is of the one who stays."""
    with engine.begin() as conn:
        office = Office(conn, clinic, member_of(conn, clinic, "reem"))
        kept, gone = office.patient("Mona"), office.patient("Muna")
        link = office.doubt(kept, gone)
    with ThreadPoolExecutor(1) as pool:
        with engine.begin() as conn:
            Office(conn, clinic, office.member).decide(link, "same")

            def book() -> str:
                with engine.begin() as other:
                    other.execute(text("SET LOCAL application_name = 'late booking'"))
                    return Office(other, clinic, office.member).visit(gone)

            late = pool.submit(book)
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as watch:
                held = text(
                    "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'late booking' "
                    "AND wait_event_type = 'Lock'"
                )
                while not late.done() and not watch.execute(held).scalar_one():
                    pass
            assert not late.done()  # it waits for the merge
        visit = late.result(timeout=20)
    with engine.begin() as conn:
        assert Office(conn, clinic, office.member).whose(appointments, visit) == kept


def test_a_row_that_names_the_merged_one_goes_to_the_one_who_stays(office: Office) -> None:
    kept, gone = office.patient("Mona"), office.patient("Muna")
    office.merged(kept, gone)
    assert office.whose(encounters, office.encounter(gone)) == kept
    visit = office.visit(kept)
    office.conn.execute(update(appointments).where(appointments.c.id == visit).values(patient_id=gone))
    assert office.whose(appointments, visit) == kept
