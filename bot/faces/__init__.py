"""Faces: a Screen becomes a page, a Telegram message or a lock-screen line; pure."""
