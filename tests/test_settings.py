"""The one reader of the environment."""

from __future__ import annotations

import pytest

from istiqbal.settings import BadSetting, MissingSetting, read_settings


def test_an_empty_environment_means_the_emulator_and_the_embedded_database() -> None:
    settings = read_settings({})
    assert settings.uses_emulator and settings.database_url is None
    assert settings.graph_base_url == "http://127.0.0.1:8001"


@pytest.mark.parametrize(
    "missing",
    [
        "WHATSAPP_APP_SECRET",
        "WHATSAPP_VERIFY_TOKEN",
        "WHATSAPP_ACCESS_TOKEN",
        "WHATSAPP_PHONE_NUMBER_ID",
        "WHATSAPP_BUSINESS_ACCOUNT_ID",
    ],
)
def test_against_meta_a_missing_setting_is_named_with_the_way_to_set_it(missing: str) -> None:
    environ = {
        "WHATSAPP_GRAPH_URL": "https://graph.example",
        "WHATSAPP_APP_SECRET": "a",
        "WHATSAPP_VERIFY_TOKEN": "b",
        "WHATSAPP_ACCESS_TOKEN": "c",
        "WHATSAPP_PHONE_NUMBER_ID": "1",
        "WHATSAPP_BUSINESS_ACCOUNT_ID": "2",
    }
    assert not read_settings(environ).uses_emulator
    with pytest.raises(MissingSetting, match=f"export {missing}="):
        read_settings({name: value for name, value in environ.items() if name != missing})


@pytest.mark.parametrize("port", ["0", "65536", "eighty", "-1"])
def test_a_port_that_is_none_is_refused_with_a_sentence(port: str) -> None:
    with pytest.raises(BadSetting, match="ISTIQBAL_DESK_PORT"):
        read_settings({"ISTIQBAL_DESK_PORT": port})
