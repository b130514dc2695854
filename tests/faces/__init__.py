"""Faces: pages, Telegram texts and lock-screen lines, looked at from outside."""
