"""Files that do not end, handed to the command line."""

from __future__ import annotations

from pathlib import Path

from tests.parts.program import Estate


def test_a_file_without_an_end_is_refused_before_it_fills_the_memory(estate: Estate, tmp_path: Path) -> None:
    assert "MiB" in estate.run("import", "case", "/dev/zero").sentence
    endless = tmp_path / "en.po"
    endless.symlink_to("/dev/zero")
    assert "MiB" in estate.run("locale", "import", "en", str(endless)).sentence
