"""Invented cases, as the files that an import reads, and the people who can be tried."""
