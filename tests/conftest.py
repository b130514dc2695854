"""What every test can ask for: the real parts, each started by its own module under ``tests/parts``."""

pytest_plugins = [
    "tests.parts.ports",
    "tests.parts.postgres",
    "tests.parts.chromium",
    "tests.parts.program",
    "tests.parts.doors",
    "tests.parts.provider",
]
