"""What Meta accepts in one message. Longer is refused as a whole, so nothing longer may be sent."""

from __future__ import annotations

TEXT_BODY = 4096
# Meta's page allows 4096 for lists, its OpenAPI file 1024: the smaller one is safe.
INTERACTIVE_BODY = 1024
BUTTONS = 3
BUTTON_TITLE = 20
BUTTON_ID = 256
LIST_BUTTON = 20
ROWS = 10
ROW_ID = 200
ROW_TITLE = 24
ROW_DESCRIPTION = 72
SECTION_TITLE = 24
CALLBACK_DATA = 512
WEBHOOK_BYTES = 3 * 1024 * 1024


def size(text: str) -> int:
    """Meta does not say whether it counts code points or UTF-16 units: the larger of the two fits either way."""
    return len(text) + sum(1 for character in text if ord(character) > 0xFFFF)
