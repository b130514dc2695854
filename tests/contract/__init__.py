"""Stories that every database must tell alike."""
