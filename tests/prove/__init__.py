"""The long proofs: what must hold however often it is tried; a small number of each is in the suite."""
