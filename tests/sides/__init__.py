"""The two sides of the house, which know nothing of each other."""
