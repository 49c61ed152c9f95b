from __future__ import annotations

import pytest

from connectors.whatsapp.signature import is_signed, sign

SECRET = "emulator-app-secret"


@pytest.mark.parametrize(
    ("body", "digest"),
    [
        (
            b'{"object":"whatsapp_business_account","entry":[]}',
            "eb147ea0117e199b3c4686f23cc477f3a991b4ad80089316e1b8f7e780dadb74",
        ),
        (rb'{"t":"\u0645\u0648\u0639\u062f"}', "21308cf2c1b4cc7cab778aec3009cf1672b653ed4130254c901fe07e880ec935"),
    ],
)
def test_the_signature_is_that_of_the_bytes_as_they_arrived(body: bytes, digest: str) -> None:
    assert sign(SECRET, body) == f"sha256={digest}"
    assert is_signed(SECRET, body, f"sha256={digest}")


@pytest.mark.parametrize("header", ["", "sha256=", "sha1=abc", "sha256=" + "0" * 64, "موعد", "sha256=\udc80"])
def test_anything_else_is_no_signature(header: str) -> None:
    assert not is_signed(SECRET, b"{}", header)


def test_the_same_json_in_other_bytes_is_not_signed() -> None:
    escaped, raw = rb'{"t":"\u0645"}', '{"t":"م"}'.encode()
    assert not is_signed(SECRET, raw, sign(SECRET, escaped))
