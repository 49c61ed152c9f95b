from __future__ import annotations

import warnings
from pathlib import Path
from typing import Iterator

import pytest
import yaml
from sqlalchemy import text
from sqlalchemy.engine import Engine

from istiqbal import bootstrap
from istiqbal.settings import read_settings
from messaging.endpoints import write_endpoints

with warnings.catch_warnings():
    # Rasa imports TensorFlow and more, which warn about their own age as they are compiled.
    warnings.simplefilter("ignore")
    from rasa.core.channels.channel import UserMessage
    from rasa.core.run import create_http_input_channels
    from rasa.core.tracker_store import InMemoryTrackerStore, TrackerStore
    from rasa.shared.core.domain import Domain
    from rasa.shared.core.events import BotUttered, SessionStarted, UserUttered
    from rasa.shared.core.trackers import DialogueStateTracker
    from rasa.utils.endpoints import EndpointConfig, read_endpoint_config

    # Loaded here for the same reason; the tests find it by its name, as Rasa does.
    import connectors.whatsapp.channel  # noqa: F401 - loading is what is tested
    import messaging.tracker  # noqa: F401 - loading is what is tested

# Rasa reads its files with libraries that import in a way that is going away; our own modules are used elsewhere too.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def installation(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This process takes the test's database for its installation's."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    for shared in (bootstrap.shared_url, bootstrap.shared_engine):
        shared.cache_clear()
    yield
    for shared in (bootstrap.shared_url, bootstrap.shared_engine):
        shared.cache_clear()


@pytest.fixture
def store(installation: None) -> Iterator[TrackerStore]:
    """As Rasa makes it from the project's own endpoints file."""
    endpoint = read_endpoint_config(str(PROJECT / "endpoints.yml"), "tracker_store")
    assert endpoint is not None
    store = TrackerStore.create(endpoint, Domain.empty())
    yield store
    engine: Engine = store.engine  # type: ignore[attr-defined]  # Rasa has no types
    engine.dispose()


def test_rasa_loads_our_store_and_does_not_fall_back_to_memory(store: TrackerStore) -> None:
    assert type(store).__name__ == "ClinicTrackerStore"
    assert not isinstance(store, InMemoryTrackerStore)


def test_it_takes_ten_connections_at_most_and_has_its_index(store: TrackerStore, engine: Engine) -> None:
    pool = store.engine.pool  # type: ignore[attr-defined]  # Rasa has no types
    assert (pool.size(), pool._max_overflow) == (5, 5)
    with engine.connect() as conn:
        indexes = conn.execute(text("SELECT indexdef FROM pg_indexes WHERE tablename = 'events'")).scalars().all()
    assert any("(sender_id, type_name, " in index for index in indexes)


async def test_a_conversation_is_kept(store: TrackerStore) -> None:
    tracker = DialogueStateTracker("chat", [])
    said = BotUttered("سلام", {"buttons": [{"title": "نعم", "payload": "a"}]}, {"list_button": "الأوقات"})
    tracker.update_with_events([SessionStarted(), UserUttered("أهلا", message_id="wamid.1"), said], Domain.empty())
    await store.save(tracker)
    await store.save(tracker)
    kept = await store.retrieve("chat")
    assert kept is not None
    assert [type(event).__name__ for event in kept.events] == ["SessionStarted", "UserUttered", "BotUttered"]
    assert kept.events[1].message_id == "wamid.1"
    assert kept.events[2].message() == said.message()


def test_a_second_process_finds_the_table(store: TrackerStore, installation: None) -> None:
    again = TrackerStore.create(EndpointConfig(type="messaging.tracker.ClinicTrackerStore"), Domain.empty())
    assert type(again) is type(store)
    again.engine.dispose()


def test_the_endpoints_of_moved_ports_are_as_the_projects_own(tmp_path: Path) -> None:
    path = tmp_path / "home" / "endpoints.yml"
    write_endpoints(path, read_settings({}))
    assert yaml.safe_load(path.read_text()) == yaml.safe_load((PROJECT / "endpoints.yml").read_text())
    write_endpoints(path, read_settings({"ISTIQBAL_ACTIONS_PORT": "6055"}))
    action = read_endpoint_config(str(path), "action_endpoint")
    assert action is not None and action.url == "http://127.0.0.1:6055/webhook"


def test_rasa_makes_the_channel_from_the_projects_credentials(installation: None) -> None:
    (channel,) = create_http_input_channels(None, str(PROJECT / "credentials.yml"))
    assert channel.name() == channel.url_prefix() == "whatsapp"

    async def unused(_message: UserMessage) -> None:
        raise AssertionError

    routes = {route.uri for route in channel.blueprint(unused)._future_routes}
    assert routes == {"/webhook", "/health"}
