from __future__ import annotations

import json
import socket
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Iterator, Optional

import pytest
import requests

from connectors.whatsapp import graph as graph_module
from connectors.whatsapp.graph import Accepted, GraphClient, Outcome, Refused, TimedOut, read_outcome

OK = {"messaging_product": "whatsapp", "messages": [{"id": "wamid.1", "message_status": "accepted"}]}


def error(code: Any) -> dict[str, Any]:
    return {"error": {"message": f"(#{code})", "type": "OAuthException", "code": code}}


@dataclass
class LocalGraph:
    """A server on this machine that answers as it is told. Without `answer` it hangs up in the middle."""

    status: int = 200
    answer: Optional[bytes] = json.dumps(OK).encode()
    hold: Optional[threading.Event] = None
    requests: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def local() -> Iterator[LocalGraph]:
    graph = LocalGraph()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            graph.requests.append((self.path, dict(self.headers), body))
            if graph.hold is not None:
                graph.hold.wait(20)
            if graph.answer is None:
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            self.send_response(graph.status)
            self.send_header("Content-Length", str(len(graph.answer)))
            self.end_headers()
            self.wfile.write(graph.answer)

        def log_message(self, *_args: Any) -> None:
            pass

        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except ConnectionError:
                self.close_connection = True

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        graph.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield graph
        if graph.hold is not None:
            graph.hold.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def client(local: LocalGraph) -> Iterator[GraphClient]:
    client = GraphClient(local.url + "/", "token-1")
    yield client
    client.close()


def test_a_message_is_posted_to_its_number(local: LocalGraph, client: GraphClient) -> None:
    assert client.send("200", {"to": "+1555", "type": "text", "text": {"body": "موعد"}}) == Accepted("wamid.1")
    ((path, headers, body),) = local.requests
    assert path == "/v25.0/200/messages"
    assert headers["Authorization"] == "Bearer token-1"
    assert body == {"messaging_product": "whatsapp", "to": "+1555", "type": "text", "text": {"body": "موعد"}}


def test_a_refusal_is_a_value(local: LocalGraph, client: GraphClient) -> None:
    local.status, local.answer = 400, json.dumps(error(131056)).encode()
    assert client.send("200", {}) == Refused(131056, retry=True)


def test_a_connection_that_ends_in_the_middle_leaves_it_open_whether_it_went(
    local: LocalGraph, client: GraphClient
) -> None:
    local.answer = None
    assert client.send("200", {}) == TimedOut()


def test_no_answer_in_time_leaves_it_open_whether_it_went(
    local: LocalGraph, client: GraphClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(graph_module, "READ_SECONDS", 0.05)
    local.hold = threading.Event()
    assert client.send("200", {}) == TimedOut()


def test_where_nobody_listens_nothing_was_sent() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        client = GraphClient(f"http://127.0.0.1:{taken.getsockname()[1]}", "t")
        assert client.send("200", {}) == Refused(0, retry=True)
        client.close()


def test_a_proxy_of_the_environment_is_not_asked_for_this_machine(
    local: LocalGraph, client: GraphClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert client.send("200", {}) == Accepted("wamid.1")


def test_each_number_has_a_session_of_its_own(client: GraphClient) -> None:
    first: requests.Session = client._session("200")
    assert client._session("200") is first
    assert client._session("201") is not first


@pytest.mark.parametrize(
    ("status", "answer", "outcome"),
    [
        (200, OK, Accepted("wamid.1")),
        (200, {"messages": []}, TimedOut()),
        (200, None, TimedOut()),
        (200, "text", TimedOut()),
        (200, {"messages": [{"id": 5}]}, TimedOut()),
        (401, error(190), Refused(190, retry=False)),
        (400, error(131047), Refused(131047, retry=False)),
        (400, error(130429), Refused(130429, retry=True)),
        (503, error(2), Refused(2, retry=True)),
        (500, error(131000), Refused(131000, retry=True)),
        (429, error(17), Refused(17, retry=True)),
        (429, None, Refused(130429, retry=True)),
        (400, error("odd"), Refused(0, retry=False)),
        (404, None, Refused(0, retry=False)),
        (502, None, TimedOut()),
    ],
)
def test_every_answer_has_one_meaning(status: int, answer: Any, outcome: Outcome) -> None:
    assert read_outcome(status, answer) == outcome
