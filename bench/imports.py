"""How long an import of many patients takes: `python -m bench.imports [--patients 100000]`. Everybody is invented."""

from __future__ import annotations

import argparse
import csv
import io
import random
import tempfile
import time
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

from sqlalchemy.engine import Engine

from clinic.database.connect import open_engine
from clinic.database.embedded import EmbeddedPostgres
from clinic.database.migrate import upgrade
from clinic.demo import seed_demo
from imports.files import Options, import_file
from imports.kinds import FILES
from istiqbal.settings import EMULATOR_BUSINESS_ACCOUNT_ID, EMULATOR_PHONE_NUMBER_ID

NOW = datetime(2026, 11, 24, 10, tzinfo=timezone.utc)
HEADER = (
    *("id", "name", "phone", "birth_date", "gender", "language", "conditions"),
    *("children", "consent_care", "consent_marketing", "consent_source", "consent_date"),
)
_FIRST = "محمد أحمد عبدالله خالد سارة نورة فاطمة هدى Omar Ali Mona Layla Yousef Huda Sami Reem".split()
_LAST = "الحربي القحطاني العتيبي الغامدي حداد Nasser Haddad Mansour Saleh Aziz Fahmy Khoury الشمري الزهراني".split()
_PREFIXES = (50, 53, 54, 55, 56, 59)


def patients_file(count: int, seed: int = 1) -> bytes:
    """As a practice system would export it, with households, and numbers and days in several notations."""
    draw = random.Random(seed)
    file = io.StringIO()
    table = csv.writer(file)
    table.writerow(HEADER)
    for number in range(count):
        born = date(1940, 1, 1) + timedelta(days=draw.randrange(30_000))
        phone = f"{_PREFIXES[number // 4 % len(_PREFIXES)]}{number // 4:07d}"
        table.writerow(
            (
                f"F{number:06d}",
                f"{draw.choice(_FIRST)} {draw.choice(_FIRST)} {draw.choice(_LAST)}",
                draw.choice((f"0{phone}", f"+966 {phone}", f"00966{phone}", f"966-{phone}")),
                draw.choice((born.isoformat(), f"{born:%d/%m/%Y}")),
                draw.choice(("m", "female", "ذكر", "أنثى")),
                draw.choice(("ar", "English", "")),
                draw.choice(("", "", "asthma", "asthma|diabetes")),
                draw.choice(("", "0", "2")),
                draw.choice(("yes", "no", "")),
                draw.choice(("yes", "no", "")),
                "registration form",
                "2025-03-01",
            )
        )
    return file.getvalue().encode("utf-8")


def timed_import(engine: Engine, clinic_id: str, data: bytes, label: str) -> float:
    started, own = time.perf_counter(), time.process_time()
    done = import_file(engine, clinic_id, FILES["patients"], data, NOW, Options(write=True))
    seconds = time.perf_counter() - started
    own = time.process_time() - own
    told = f"{done.outcome}, {done.report.counts}, {len(done.report.remarks)} remarks"
    print(f"{label}: {seconds:.1f} s ({own:.1f} s of this process), {told}", flush=True)
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patients", type=int, default=100_000)
    count = parser.parse_args().patients
    with tempfile.TemporaryDirectory(prefix="istiqbal-bench-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        server = EmbeddedPostgres(Path(folder).resolve())
        server.start()
        try:
            upgrade(server.url)
            engine = open_engine(server.url)
            with engine.begin() as conn:
                clinic = seed_demo(conn, EMULATOR_PHONE_NUMBER_ID, EMULATOR_BUSINESS_ACCOUNT_ID)
            data = patients_file(count)
            timed_import(engine, clinic.id, data, f"{count} new patients")
            timed_import(engine, clinic.id, data, "the same file again")
            engine.dispose()
        finally:
            server.stop()


if __name__ == "__main__":
    main()
