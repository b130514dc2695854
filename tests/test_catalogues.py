"""The catalogues: read fast and kept close together, they say what the library reads in them, to the letter."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from babel.messages.pofile import PoFileError, read_po

from bot.catalogues import CatalogueError, catalogue_of, read_catalogue
from bot.speech import FOLDER

HEAD = '#\nmsgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
TWO_FORMS = '"Plural-Forms: nplurals=2; plural=(n > 1);\\n"\n'


def written(folder: Path, **files: str) -> Path:
    """A locale's folder with these files in it."""
    (folder / "LC_MESSAGES").mkdir()
    for name, text in files.items():
        (folder / "LC_MESSAGES" / f"{name}.po").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("folder", sorted(FOLDER.iterdir()), ids=lambda folder: folder.name)
def test_every_text_is_what_the_library_reads(folder: Path) -> None:
    """Words, order, file and mark of every message that has words."""
    forms: dict[str, tuple[str, ...]] = {}
    files: dict[str, str] = {}
    made_from: dict[str, str] = {}
    for path in sorted((folder / "LC_MESSAGES").glob("*.po")):
        for one in read_po(io.BytesIO(path.read_bytes()), charset="utf-8", abort_invalid=True):
            key = one.id[0] if isinstance(one.id, tuple | list) else one.id
            raw = one.string if isinstance(one.string, tuple | list) else (one.string,)
            said = tuple(form or "" for form in raw)
            if key and all(said) and not one.fuzzy:
                forms[key], files[key] = said, path.stem
                made_from.update((key, mark) for mark, _ in one.locations if mark.startswith("sv-"))
    kept = catalogue_of(folder)
    assert list(kept.forms.items()) == list(forms.items())
    assert dict(kept.files) == files
    assert dict(kept.made_from) == made_from


def test_a_key_that_is_not_there_is_not_there() -> None:
    """A key that another language has, and one that nobody has."""
    swedish, arabic = catalogue_of(FOLDER / "sv"), catalogue_of(FOLDER / "ar")
    only_swedish = next(key for key in swedish.forms if key not in arabic.forms)
    assert arabic.forms.get(only_swedish) is None
    assert "made.up" not in swedish.forms
    with pytest.raises(KeyError):
        swedish.forms["made.up"]


def test_what_is_not_said_yet_is_left_out(tmp_path: Path) -> None:
    """A doubtful translation and an empty one are no words; lines, quotes and tabs come as they were meant."""
    folder = written(
        tmp_path,
        one=HEAD + '\n#: sv-00000001\n#, fuzzy\nmsgid "doubtful"\nmsgstr "Perhaps"\n\nmsgid "empty"\nmsgstr ""\n\n'
        'msgid "said"\nmsgstr ""\n"She said \\"yes\\".\\n"\n"\\tAnd a \\\\"\n',
    )
    assert dict(read_catalogue(folder).forms) == {"said": ('She said "yes".\n\tAnd a \\',)}


def test_a_number_picks_the_form_that_the_file_says(tmp_path: Path) -> None:
    """The rule stands in the head of the file that counts."""
    counted = '\nmsgid "days"\nmsgid_plural "days"\nmsgstr[0] "{count} jour"\nmsgstr[1] "{count} jours"\n'
    found = read_catalogue(written(tmp_path, one=HEAD, two=HEAD + TWO_FORMS + counted))
    assert found.forms["days"] == ("{count} jour", "{count} jours")
    assert [found.plural(n) for n in (0, 1, 2)] == [0, 0, 1]


def test_a_file_of_another_make_is_read_all_the_same(tmp_path: Path) -> None:
    """A translator's program may write a context, leave out blank lines or fold otherwise."""
    odd = HEAD + 'msgctxt "card"\nmsgid   "a"\nmsgstr   "A"\nmsgid "b"\nmsgstr "B"\n#~ msgid "gone"\n#~ msgstr "G"\n'
    assert dict(read_catalogue(written(tmp_path, one=odd)).forms) == {"a": ("A",), "b": ("B",)}


def test_a_broken_file_is_refused(tmp_path: Path) -> None:
    """Nothing of it is said."""
    with pytest.raises(PoFileError):
        read_catalogue(written(tmp_path, one=HEAD + '\nmsgid "a"\nmsgstr "A"\nand more\n'))


def test_no_key_is_in_two_files(tmp_path: Path) -> None:
    """Which of the two would be said?"""
    text = HEAD + '\nmsgid "a"\nmsgstr "A"\n'
    with pytest.raises(CatalogueError):
        read_catalogue(written(tmp_path, one=text, two=text))
