"""The rule of who may see what, proved against a reference that was written from the policy alone."""
