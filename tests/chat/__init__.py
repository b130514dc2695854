"""Whole conversations with a house on loopback, as a browser without script has them."""
