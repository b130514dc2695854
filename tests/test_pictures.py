"""The pictures that the README names: each is there in both languages, and no two are the same."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path

TREE = Path(__file__).parents[1]


def test_each_named_picture_is_there_in_both_languages_and_no_two_are_the_same() -> None:
    named = re.findall(r"\(deploy/screens/([a-z-]+)-sv\.png\)", (TREE / "README.md").read_text(encoding="utf-8"))
    drawn_by = (TREE / "deploy" / "screens.py").read_text(encoding="utf-8")
    assert sorted(named) == sorted(re.findall(r'^    "([a-z-]+)": \((?:PHONE|DESK),', drawn_by, flags=re.M))
    files = [TREE / "deploy" / "screens" / f"{name}-{tag}.png" for name in named for tag in ("sv", "ar")]
    drawn = {sha256(file.read_bytes()).hexdigest() for file in files}
    assert len(drawn) == len(files) == 24
