"""Plays a conversation of scripts/ on a phone of its own, checks each answer, and then what stands in the database."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, Callable, Iterator, Mapping, Optional, Sequence
from zoneinfo import ZoneInfo

import httpx
from sqlalchemy import func, select
from sqlalchemy.engine import Connection, Row

from clinic.database.tables import appointments, clinics, messages, open_questions, practitioners, staff, tap_options
from clinic.handoff import hand_back

from .before import SeededAppointment, set_up
from .conftest import ANSWER_WITHIN, FrontDesk, Phone
from .ends import appointments_of, conversation_of, judge, with_person
from .script import WEEKDAYS, Finish, Offered, Script, Step, Words

# A time that somebody else took between the look and the grasp is chosen again, so often at most.
TRIES = 3
# A booking that asks more than this is no booking.
MOST_QUESTIONS = 8
_TIME = re.compile(r"\{time:(\d+)\}")


@dataclass(frozen=True)
class Outcome:
    """What became of a conversation. `wrong` is empty when all is as the script says."""

    script: Script
    wrong: tuple[str, ...]
    transcript: str
    taps: int
    bubbles: int
    with_person: bool

    @property
    def report(self) -> str:
        lines = "\n".join(f"  - {one}" for one in self.wrong)
        needs = f" (needs {', '.join(self.script.needs)})" if self.script.needs else ""
        return f"{self.script.place} {self.script.name}{needs}\n{lines}\n\n{self.transcript}"


@dataclass(frozen=True)
class Time:
    """A time that is offered: the option on the phone and what it means in the database, on the clinic's clock."""

    option_id: str
    title: str
    practitioner_id: str
    practitioner: str
    gender: str
    start: datetime


class Stuck(Exception):
    """The script cannot go on from here."""


def play(desk: FrontDesk, script: Script, wa_id: str) -> Outcome:
    seeded = set_up(desk.engine, script, wa_id, datetime.now(timezone.utc))
    playing = _Playing(desk, script, wa_id, seeded)
    playing.run()
    with desk.engine.begin() as conn:
        handed_back = any(step.doing == "hand_back" for step in script.steps)
        wrong = (*playing.wrong, *judge(conn, script, wa_id, seeded, handed_back))
        return Outcome(script, wrong, playing.transcript(conn), playing.taps, playing.bubbles, with_person(conn, wa_id))


class _Playing:
    """One phone, step by step. `taps` and `bubbles` leave out what is said about a time that somebody else took."""

    def __init__(self, desk: FrontDesk, script: Script, wa_id: str, seeded: Sequence[SeededAppointment]) -> None:
        self._engine = desk.engine
        self._script = script
        self._phone = Phone(desk, wa_id).named(script.person)
        self._seeded = seeded
        self._earlier: list[dict[str, Any]] = []
        self._said: list[tuple[str, str]] = []  # wamid or "", line
        self._answer: list[dict[str, Any]] = []
        self._times: list[Time] = []
        self._picked: Optional[datetime] = None
        self.wrong: list[str] = []
        self.taps = 0
        self.bubbles = 0

    def run(self) -> None:
        for step in self._script.steps:
            try:
                self._do(step)
            except (Stuck, httpx.HTTPError) as error:
                self.wrong.append(f"{step.place}: stuck: {error or type(error).__name__}")
                return
            self.wrong += [f"{step.place}: {why}" for why in self._wrong_in_answer(step)]

    def _do(self, step: Step) -> None:
        if step.doing == "send":
            self._say(step.what)
        elif step.doing == "silent":
            self._send_in_silence(step.what)
        elif step.doing == "tap":
            self._tap(self._option(self._answer, step.what))
        elif step.doing == "tap_earlier":
            self._tap(self._option(self._earlier, step.what))
        elif step.doing == "tap_time":
            self._tap_time(step.what)
        elif step.doing == "hand_back":
            self._hand_back()
        else:
            self._finish(step.what)

    # --- what a patient does ------------------------------------------------------------------------------------------

    def _send(self, text: str) -> None:
        self._await_answer({"type": "text", "text": text}, f"patient: {text}")

    def _tap(self, option: Mapping[str, Any]) -> None:
        self.taps += 1
        self._await_answer({"type": "tap", "id": option["id"]}, f"patient taps: {option['title']}")

    def _say(self, text: str) -> None:
        picked = _TIME.search(text)
        if picked is None:
            self._send(text)
        else:
            self._pick(int(picked[1]), lambda chosen: self._send(_TIME.sub(chosen.title, text)))

    def _tap_time(self, place: int) -> None:
        self._pick(place, lambda chosen: self._tap({"id": chosen.option_id, "title": chosen.title}))

    def _pick(self, place: int, choose: Callable[[Time], None]) -> None:
        for _ in range(TRIES):
            if len(self._times) < place:
                raise Stuck(f"{len(self._times)} times are offered, wanted number {place}")
            picked = self._times[place - 1]
            self._picked = picked.start
            taps, bubbles = self.taps, self.bubbles
            choose(picked)
            if not self._times or not self._taken_by_another(picked):
                return
            self.taps, self.bubbles = taps, bubbles
        raise Stuck(f"the time number {place} was taken by others {TRIES} times")

    def _finish(self, answers: Finish) -> None:
        for _ in range(MOST_QUESTIONS):
            question = self._question()
            if question is None:
                self._check_booked_as_picked()
                return
            self._answer_question(question.kind, answers)
        raise Stuck(f"not done after {MOST_QUESTIONS} answers")

    def _answer_question(self, kind: str, answers: Finish) -> None:
        if self._times:
            self._tap_time(answers.time)
            return
        if kind in answers.say:
            self._send(answers.say[kind])
            return
        options = [option for bubble in self._answer for option in bubble["options"]]
        kinds = self._kinds(options)
        confirm = next((option for option in options if kinds.get(option["id"]) == "confirm"), None)
        wanted = (answers.specialty, answers.who)
        named = (option for words in wanted if words for option in options if _holds(option["title"], words))
        option = confirm or next(named, None)
        if option is not None:
            self._tap(option)
        elif answers.name is not None:
            self._send(answers.name)
        else:
            raise Stuck(f"the script has no answer to the question {kind!r}")

    def _check_booked_as_picked(self) -> None:
        with self._engine.begin() as conn:
            standing = appointments_of(conn, conversation_of(conn, self._phone.wa_id))
        if not any(one.status == "booked" and one.start == self._picked for one in standing):
            self.wrong.append(f"what was picked ({self._picked}) is not booked: {', '.join(map(str, standing))}")

    def _send_in_silence(self, text: str) -> None:
        wamid = self._phone.post({"type": "text", "text": text})
        self._said.append((wamid, f"patient: {text}"))
        self._until(lambda: self._outcome(wamid)[0], wamid)
        self._hear(self._phone.incoming_after(wamid, wait=0))
        if self._answer:
            self.wrong.append(f"the bot answered {text!r} though a person has the chat")

    def _hand_back(self) -> None:
        shown = self._phone.shows()
        with self._engine.begin() as conn:
            chat = conversation_of(conn, self._phone.wa_id)
            someone = conn.execute(select(staff.c.id).where(staff.c.clinic_id == chat.clinic_id)).scalars().first()
            assert someone is not None
            kept = self._question_row(conn) is not None
            hand_back(conn, chat.clinic_id, chat.id, someone, datetime.now(timezone.utc))
        self._said.append(("", "reception hands the chat back"))
        self._hear(self._phone.incoming_after(shown[-1]["wamid"]) if kept else [])

    # --- what the phone shows -----------------------------------------------------------------------------------------

    def _await_answer(self, message: dict[str, Any], line: str) -> None:
        wamid = self._phone.post(message)
        self._said.append((wamid, line))
        answer = self._phone.incoming_after(wamid)
        if not answer:
            self._hear([])
            raise Stuck(f"no answer within {ANSWER_WITHIN} s")
        # The first bubble is there, so the turn is over and its bubbles are counted in the database.
        wanted = self._outcome(wamid)[1]
        self._until(lambda: len(self._phone.incoming_after(wamid, wait=0)) >= wanted, answer[-1]["wamid"])
        self._hear(self._phone.incoming_after(wamid, wait=0))

    def _hear(self, answer: list[dict[str, Any]]) -> None:
        self._earlier = self._earlier + self._answer
        self._answer = answer
        self.bubbles += len(answer)
        for bubble in answer:
            titles = " | ".join(
                option["title"] + (f" ({option['description']})" if option["description"] else "")
                for option in bubble["options"]
            )
            self._said.append(("", f"clinic: {bubble['text']}" + (f"\n        [{titles}]" if titles else "")))
        self._times = self._offered_times()

    def _until(self, reached: Callable[[], Any], wamid: str) -> None:
        """Waits on the phone after this message, a second at a time, until it is so."""
        deadline = time.monotonic() + ANSWER_WITHIN
        while not reached():
            if time.monotonic() > deadline:
                raise Stuck(f"nothing came of it within {ANSWER_WITHIN} s")
            self._phone.incoming_after(wamid, wait=1)

    def _option(self, bubbles: Sequence[Mapping[str, Any]], words: Words) -> Mapping[str, Any]:
        for bubble in reversed(bubbles):
            for option in bubble["options"]:
                if _holds(option["title"], words):
                    return dict(option)
        titles = [option["title"] for bubble in bubbles for option in bubble["options"]]
        raise Stuck(f"no option says {words!r}; there are {titles}")

    # --- what stands in the database ----------------------------------------------------------------------------------

    def _outcome(self, wamid: str) -> tuple[Optional[str], int]:
        """What became of the message, and in how many bubbles it was answered."""
        with self._engine.begin() as conn:
            row = conn.execute(
                select(messages.c.id, messages.c.outcome).where(messages.c.wamid == wamid, messages.c.direction == "in")
            ).one_or_none()
            if row is None:
                return None, 0
            count = select(func.count()).select_from(messages).where(messages.c.in_reply_to == row.id)
            return row.outcome, int(conn.execute(count).scalar_one())

    def _question(self) -> Optional[Row]:
        with self._engine.begin() as conn:
            row = self._question_row(conn)
        return None if row is None or row.suspended else row

    def _question_row(self, conn: Connection) -> Optional[Row]:
        chat = conversation_of(conn, self._phone.wa_id)
        return conn.execute(select(open_questions).where(open_questions.c.conversation_id == chat.id)).one_or_none()

    def _kinds(self, options: Sequence[Mapping[str, Any]]) -> dict[str, str]:
        with self._engine.begin() as conn:
            rows = conn.execute(
                select(tap_options.c.id, tap_options.c.kind).where(
                    tap_options.c.id.in_([option["id"] for option in options])
                )
            )
            return {row.id: row.kind for row in rows}

    def _offered_times(self) -> list[Time]:
        """The options of the newest answer that mean a time with a practitioner, in the order shown."""
        options = [option for bubble in self._answer for option in bubble["options"]]
        if not options:
            return []
        with self._engine.begin() as conn:
            ids = [option["id"] for option in options]
            values = conn.execute(select(tap_options.c.id, tap_options.c.value).where(tap_options.c.id.in_(ids)))
            meant = {row.id: row.value for row in values if {"start", "practitioner"} <= row.value.keys()}
            chat = conversation_of(conn, self._phone.wa_id)
            zone = ZoneInfo(conn.execute(select(clinics.c.timezone).where(clinics.c.id == chat.clinic_id)).scalar_one())
            doctors = {
                row.id: row
                for row in conn.execute(select(practitioners).where(practitioners.c.clinic_id == chat.clinic_id))
            }
        return [_time(option, meant[option["id"]], doctors, zone) for option in options if option["id"] in meant]

    def _taken_by_another(self, picked: Time) -> bool:
        with self._engine.begin() as conn:
            chat = conversation_of(conn, self._phone.wa_id)
            other = (
                select(func.count())
                .select_from(appointments)
                .where(
                    appointments.c.practitioner_id == picked.practitioner_id,
                    appointments.c.status != "cancelled",
                    appointments.c.contact_id != chat.contact_id,
                    appointments.c.during.op("&&")(func.tstzrange(picked.start, picked.start + timedelta(minutes=1))),
                )
            )
            return bool(conn.execute(other).scalar_one())

    # --- checks -------------------------------------------------------------------------------------------------------

    def _wrong_in_answer(self, step: Step) -> Iterator[str]:
        text = "\n".join(_everything(bubble) for bubble in self._answer)
        titles = "\n".join(option["title"] for bubble in self._answer for option in bubble["options"])
        for words in step.expect:
            if not _holds(text, words):
                yield f"{words!r} is not in the answer"
        for words in step.never:
            if _holds(text, words):
                yield f"{words!r} is in the answer"
        for words in step.options:
            if not _holds(titles, words):
                yield f"no option says {words!r}"
        if step.bubbles is not None and len(self._answer) > step.bubbles:
            yield f"{len(self._answer)} bubbles, wanted at most {step.bubbles}"
        if step.offers is not None:
            if not self._times:
                yield "no time is offered"
            for offered in self._times:
                if not _fits(offered, step.offers):
                    yield f"{offered.title} with {offered.practitioner} is offered, wanted {step.offers}"

    def transcript(self, conn: Connection) -> str:
        """Every line, with what was read in each message."""
        chat = conversation_of(conn, self._phone.wa_id)
        rows = conn.execute(select(messages).where(messages.c.conversation_id == chat.id, messages.c.direction == "in"))
        read = {row.wamid: row for row in rows}
        lines = []
        for wamid, line in self._said:
            row = read.get(wamid)
            lines.append(f"{line}    <{row.intent} {row.confidence:.2f}>" if row is not None and row.intent else line)
        return "\n".join(lines)


def _time(option: Mapping[str, Any], value: Mapping[str, Any], doctors: Mapping[str, Any], zone: ZoneInfo) -> Time:
    doctor = doctors[value["practitioner"]]
    start = datetime.fromisoformat(value["start"]).astimezone(zone)
    return Time(option["id"], option["title"], doctor.id, doctor.name_en, doctor.gender, start)


def _fits(offered: Time, wanted: Offered) -> bool:
    clock = offered.start.strftime("%H:%M")
    soonest = datetime.now(timezone.utc) + timedelta(minutes=wanted.notice or 0)
    return (
        wanted.weekday in (None, WEEKDAYS[offered.start.weekday()])
        and (wanted.from_ is None or clock >= wanted.from_)
        and (wanted.until is None or clock < wanted.until)
        and (wanted.practitioner is None or wanted.practitioner in offered.practitioner)
        and wanted.gender in (None, offered.gender)
        # A minute of grace: the answer is as old as its way here.
        and offered.start >= soonest - timedelta(minutes=1)
    )


def _everything(bubble: Mapping[str, Any]) -> str:
    rows = [f"{option['title']} {option['description']}" for option in bubble["options"]]
    return "\n".join((bubble["text"], *rows))


def _holds(text: str, words: Words) -> bool:
    """Whatever the case; of several words, any."""
    return any(one.casefold() in text.casefold() for one in ((words,) if isinstance(words, str) else words))
