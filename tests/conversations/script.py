"""Whole conversations as data: what a patient does, what must stand in the answers, and what must be true at the end.

A file in scripts/ is a list of conversations. Every key but `name`, `variety`, `steps` may be left out; an unknown key,
a wrong value or a name that stands twice is an error with its file and line.

    - name: a mother books for the younger of two daughters    # a sentence, once in all files
      variety: gulf                    # one of VARIETIES
      person: Mona Saleh               # the name on the phone
      needs: [household]               # the parts of the system that it is about, for whoever reads a failure
      plain: true                      # the first message says nothing but "book": taps and bubbles are counted
      before:                          # what is so already
        household:
          - {name: Layla Saleh, relationship: child, gender: female, age: 4}
        visits:                        # booked, each on the first day with a free time from `days` days ahead on
          - {specialty: dermatology, days: 3, patient: Layla Saleh, practitioner: Sara}
      steps:                           # each is one of these, with checks of the answer beside it
        - send: book me for {time:2}   # {time:n} stands for the words of the n-th time that was just offered
        - tap: Confirm                 # words in the title of an option of the newest answer; a list: any of them
        - tap_earlier: Dentistry       # the same among what the phone showed before
        - tap_time: 1                  # the n-th of the times that the newest answer offers
        - silent: hello?               # a message that the bot must leave to the person who owns the chat
        - hand_back: true              # reception gives the chat back to the bot
        - finish: {specialty: Pediatrics, who: Layla, name: Layla Saleh, time: 1, say: {birth_date: she is 4}}
                                       # answer each question that is put until the booking or the move is done: a tap
                                       # on the specialty, on `who` it is for, on the n-th time; words that are said to
                                       # a question by its kind, else the name
          expect: [Booked, [2nd, second]]   # words that the answer holds; of a list in the list, one
          never: [cancelled]           # words that it does not hold
          options: [Another day]       # words in the titles that it offers; lists as above
          offers: {weekday: thursday, from: "17:00", until: "21:00", practitioner: Sara, gender: female, notice: 30}
                                       # true of every time that it offers (and there is one); notice in minutes
          bubbles: 1                   # at most so many
      ends:
        appointments:                  # all of this number's, no more and no fewer; nothing given: there is none
          - {specialty: dermatology, status: booked, practitioner: Sara, gender: female, patient: Layla, service: laser,
             weekday: sunday, from: "09:00", until: "13:00", wishes: {gender: female}, cancelled_by: patient,
             visit: 1, moved: false}   # `visit`: the n-th of `before`; `moved`: its time is another
        waitlist: [{specialty: dermatology, status: waiting}]
        patients: [{name: Layla, relationship: child}]    # these are in the household, among others
        tasks: [running_late]          # reception's list for this chat
        handoff: complaint             # why a person got the chat; left out: nobody did
        kept: booking                  # the flow whose question waits for the chat to come back
        open: nothing                  # the flow whose question is still open, or nothing
        consents: {care: false}        # the newest word on each
        language: ar
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Mapping, Optional, Sequence, Union

VARIETIES = ("english", "gulf", "egyptian", "levantine", "iraqi", "maghrebi", "arabizi", "mixed")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DOINGS = ("send", "tap", "tap_earlier", "tap_time", "silent", "hand_back", "finish")
PATIENT_STATUSES = ("booked", "confirmed", "cancelled")

Words = Union[str, Sequence[str]]  # of a list, any


@dataclass(frozen=True)
class Member:
    """One of the household that is known before."""

    name: str
    relationship: str
    gender: Optional[str] = None
    age: Optional[int] = None


@dataclass(frozen=True)
class SeededVisit:
    specialty: str
    days: int
    patient: Optional[str] = None  # the one who writes, if nobody is named
    practitioner: Optional[str] = None


@dataclass(frozen=True)
class Before:
    household: tuple[Member, ...] = ()
    visits: tuple[SeededVisit, ...] = ()


@dataclass(frozen=True)
class Offered:
    """True of every time that is offered."""

    weekday: Optional[str] = None
    from_: Optional[str] = None
    until: Optional[str] = None
    practitioner: Optional[str] = None
    gender: Optional[str] = None
    notice: Optional[int] = None  # minutes from now


@dataclass(frozen=True)
class Finish:
    """What the patient answers if asked."""

    specialty: Optional[str] = None
    who: Optional[str] = None
    name: Optional[str] = None
    time: int = 1
    say: Mapping[str, str] = field(default_factory=dict)  # by the kind of the question


@dataclass(frozen=True)
class Step:
    doing: str
    what: Any
    place: str
    expect: tuple[Words, ...] = ()
    never: tuple[str, ...] = ()
    options: tuple[Words, ...] = ()
    offers: Optional[Offered] = None
    bubbles: Optional[int] = None


@dataclass(frozen=True)
class Visit:
    """What an appointment of this number must be."""

    specialty: str
    status: str = "booked"
    practitioner: Optional[str] = None
    gender: Optional[str] = None
    patient: Optional[str] = None
    service: Optional[str] = None
    weekday: Optional[str] = None
    from_: Optional[str] = None
    until: Optional[str] = None
    wishes: Mapping[str, Any] = field(default_factory=dict)
    cancelled_by: Optional[str] = None
    visit: Optional[int] = None
    moved: Optional[bool] = None


@dataclass(frozen=True)
class Waiting:
    specialty: str
    status: str


@dataclass(frozen=True)
class Ends:
    appointments: tuple[Visit, ...] = ()
    waitlist: tuple[Waiting, ...] = ()
    patients: tuple[Member, ...] = ()
    tasks: tuple[str, ...] = ()
    handoff: Optional[str] = None
    kept: Optional[str] = None
    open: Optional[str] = None
    consents: Mapping[str, bool] = field(default_factory=dict)
    language: Optional[str] = None


@dataclass(frozen=True)
class Script:
    name: str
    variety: str
    steps: tuple[Step, ...]
    place: str
    person: str = "Mona Saleh"
    needs: tuple[str, ...] = ()
    plain: bool = False
    before: Before = Before()
    ends: Ends = Ends()
