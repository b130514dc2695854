"""The `case/1` file: how a case travels in, its JSON Schema, and what is wrong with a broken one, in sentences."""
