"""What others made is here as they made it."""

import hashlib
import tomllib
from pathlib import Path

HERE = Path(__file__).parent
VENDORED = tomllib.loads((HERE / "vendor.toml").read_text(encoding="utf-8"))["file"]


def test_every_vendored_file_is_the_one_that_was_taken() -> None:
    found = {each["path"]: hashlib.sha256((HERE / each["path"]).read_bytes()).hexdigest() for each in VENDORED}

    assert found == {each["path"]: each["sha256"] for each in VENDORED}


def test_every_script_among_the_parts_is_named_with_its_licence() -> None:
    assert {path.name for path in HERE.glob("*.js")} == {each["path"] for each in VENDORED}
    assert all(each["licence"] and each["version"] for each in VENDORED)
