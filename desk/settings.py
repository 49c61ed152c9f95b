"""Constants of the web side."""

from __future__ import annotations

from datetime import timedelta

COOKIE = "istiqbal_desk"
# Ties the login form to the browser it was shown in, before there is a session.
LOGIN_COOKIE = "istiqbal_login"
# Set by our script on the requests that keep a page fresh or send a form without leaving it.
FRAGMENT = "X-Fragment"

# Meta lets us write freely for a day after the patient's last message.
WINDOW = timedelta(hours=24)
LONGEST_REPLY = 4096  # signs
LONGEST_SEARCH = 100

MOST_WITH_PEOPLE = 300
MOST_WITH_BOT = 60
MOST_MESSAGES = 500

# How often a stream looks whether its session has ended.
SESSION_CHECK_SECONDS = 30.0

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
NOT_KEPT = "no-store"  # pages with patients on them stay in no cache
KEPT = "public, max-age=31536000, immutable"  # their address carries a hash of what is in them
