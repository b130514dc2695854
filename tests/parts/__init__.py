"""The real components the suite runs against: how each is started, handed out and stopped."""
