"""The ways in and out: web, Telegram, the practice phone, and the sender that empties the outbox."""
