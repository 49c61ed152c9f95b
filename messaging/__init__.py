"""The durable way of a message in (inbox, turn) and out (outbox, sender, statuses)."""
