"""`python -m desk`: serve the desk."""

from __future__ import annotations

import uvicorn

from desk.app import create_app
from istiqbal.bootstrap import shared_engine, shared_url
from istiqbal.settings import read_settings


def main() -> None:
    settings = read_settings()
    app = create_app(shared_engine(), shared_url())
    # ws="none": the desk has no websockets, and the version that Rasa pins breaks uvicorn's own.
    uvicorn.run(
        app,
        host=settings.bind,
        port=settings.desk_port,
        ws="none",
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=2,
    )


if __name__ == "__main__":
    main()
