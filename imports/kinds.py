"""The kinds of lists that there are."""

from __future__ import annotations

from typing import Any, Mapping

from imports.appointments import APPOINTMENTS
from imports.arrivals import ARRIVALS
from imports.hours import HOURS
from imports.kind import Kind
from imports.patients import PATIENTS
from imports.practitioners import PRACTITIONERS
from imports.visits import VISITS

# In the order in which a clinic brings them: each may point to the ones before.
FILES: Mapping[str, Kind[Any]] = {kind.name: kind for kind in (PRACTITIONERS, HOURS, PATIENTS, APPOINTMENTS, VISITS)}
# What a practice system can also tell over HTTP.
LISTS: Mapping[str, Kind[Any]] = {**FILES, ARRIVALS.name: ARRIVALS}
