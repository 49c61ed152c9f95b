"""The same webhook in a bare Sanic app, without TensorFlow: it acknowledges quickly while turns run elsewhere."""

from __future__ import annotations

from sanic import Sanic

from connectors.whatsapp.blueprint import Webhook, webhook_blueprint

PREFIX = "/webhooks/whatsapp"


def webhook_app(webhook: Webhook, name: str = "whatsapp_webhook") -> Sanic:
    app = Sanic(name, configure_logging=False)
    app.blueprint(webhook_blueprint(webhook), url_prefix=PREFIX)
    return app
