"""The house's own order: every room says what it is, can be seen at a glance, and is named for what it does."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.speech import locale
from storage.consent import Reason
from storage.duties import Duty
from storage.queries import Purpose

TREE = Path(__file__).parents[1]
SOURCE, TESTS = ("bot", "storage", "deploy"), ("tests",)
LINES, FUNCTION_LINES, PARAMETERS, METHODS = 350, 45, 8, 14
TEST_LINES, TEST_FUNCTION_LINES = 450, 60
# A table may be long: each of these is read by looking up one line, not from top to bottom.
TABLES = {
    "storage/records.py": "the nouns",
    "storage/rules.py": "the sorts of row that a chain of rules has",
    "storage/_tables.py": "the tables and the class of every column",
}
# Longer than a glance, and no table. A file may leave this list, and none may come.
TOO_LONG: dict[str, int] = {}
AS_FIRST_RUN = {"upgrade": "a revision keeps every statement as it was first run"}
MANY_DEEDS = {
    "Standing": "one reading of the chain of rules for each fact that the rule asks about",
    "Faults": "the Bot API's stand-in: one method for each way in which a network fails",
    "Sender": "the sender's whole round: hold the token, claim, decide, pace, send, mark, sweep",
    "_Reader": "one method for each sort of line in a case file",
}
FORBIDDEN = ("Manager", "Helper", "Util", "Handler", "Data", "Info")
# What a library calls its own things, where we must say its name.
LIBRARY_NAMES = {"Handler"}


@dataclass(frozen=True)
class Room:
    """One module: its path from the tree's root, its text, and its syntax."""

    path: str
    text: str
    tree: ast.Module

    def all(self, *kinds: type[ast.AST]) -> Iterator[ast.AST]:
        """Every node of some kinds."""
        return (node for node in ast.walk(self.tree) if isinstance(node, kinds))

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        """Every function, methods and inner ones included."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node

    def classes(self) -> Iterator[ast.ClassDef]:
        """Every class."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ClassDef):
                yield node


def rooms(*folders: str) -> list[Room]:
    """Every module of some folders."""
    paths = sorted(path for folder in folders for path in (TREE / folder).rglob("*.py"))
    texts = [(path.relative_to(TREE).as_posix(), path.read_text(encoding="utf-8")) for path in paths]
    return [Room(path, text, ast.parse(text)) for path, text in texts]


OURS, ALL = rooms(*SOURCE), rooms(*SOURCE, *TESTS)


def lines_of(node: ast.stmt) -> int:
    """How many lines a definition takes."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


# --- sizes ------------------------------------------------------------------------------------------------------------


def test_every_module_opens_with_a_sentence() -> None:
    assert len(OURS) > 100
    said = {room.path: (ast.get_docstring(room.tree) or "").partition("\n")[0] for room in ALL}
    assert [path for path, words in said.items() if not words] == []
    assert [path for path, words in said.items() if len(words) < 15 or words[-1] not in ".!?…"] == []


def test_every_folder_with_python_in_it_is_a_package() -> None:
    folders = {Path(room.path).parent for room in rooms("bot", "storage", "tests")}
    bare = {folder for folder in folders if not (TREE / folder / "__init__.py").exists()}
    assert bare == {Path("storage/migrations/versions")}, "revisions are found by name, and none is imported"


def test_a_room_can_be_seen_at_a_glance_and_a_table_says_that_it_is_one() -> None:
    sizes = {room.path: len(room.text.splitlines()) for room in OURS}
    assert {path: size for path, size in sizes.items() if size > TOO_LONG.get(path, LINES) and path not in TABLES} == {}
    assert all((TREE / path).exists() for path in (*TABLES, *TOO_LONG))
    assert [path for path in TOO_LONG if sizes[path] <= LINES] == [], "it fits now: take it off the list"


def test_no_function_is_longer_than_a_page() -> None:
    long = {f"{room.path}: {each.name}": lines_of(each) for room in OURS for each in room.functions()
            if lines_of(each) > FUNCTION_LINES and each.name not in AS_FIRST_RUN}  # fmt: skip
    assert long == {}


def test_tests_can_be_read_at_a_sitting() -> None:
    files = {room.path: len(room.text.splitlines()) for room in rooms(*TESTS)}
    assert {path: size for path, size in files.items() if size > TEST_LINES} == {}
    stories = {f"{room.path}: {each.name}": lines_of(each) for room in rooms(*TESTS) for each in room.functions()}
    assert {name: size for name, size in stories.items() if size > TEST_FUNCTION_LINES} == {}


def test_nobody_is_asked_for_too_much_at_once() -> None:
    asked = {
        f"{room.path}: {each.name}": len(each.args.posonlyargs + each.args.args + each.args.kwonlyargs)
        for room in OURS
        for each in room.functions()
    }
    assert {name: count for name, count in asked.items() if count > PARAMETERS} == {}


def test_no_class_does_too_much() -> None:
    """Facts about itself, other shapes of one question, and what Python asks of it are not deeds of their own."""
    deeds = {f"{room.path}: {each.name}": sum(map(is_deed, each.body)) for room in OURS for each in room.classes()}
    many = {name: count for name, count in deeds.items() if count > METHODS}
    assert {name: count for name, count in many.items() if name.rpartition(": ")[2] not in MANY_DEEDS} == {}


def is_deed(node: ast.stmt) -> bool:
    """Whether a line of a class is something it does."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or node.name.startswith("__"):
        return False
    marks = {getattr(mark, "id", None) for mark in node.decorator_list}
    return not marks & {"property", "overload"}


def test_nothing_is_global_and_no_import_hides_in_a_function() -> None:
    assert [room.path for room in ALL for _ in room.all(ast.Global)] == []
    hidden = [f"{room.path}:{inner.lineno}" for room in ALL for each in room.functions() for inner in ast.walk(each)
              if isinstance(inner, ast.Import | ast.ImportFrom)]  # fmt: skip
    assert hidden == []


def test_nothing_is_named_for_being_about_everything() -> None:
    names = [(room.path, each.name) for room in OURS for each in room.classes()]
    names += [(room.path, "".join(word.title() for word in Path(room.path).stem.split("_"))) for room in OURS]
    assert [(path, name) for path, name in names if name not in LIBRARY_NAMES and _parts(name) & set(FORBIDDEN)] == []


def _parts(name: str) -> set[str]:
    """The words of a name."""
    return set(re.findall(r"[A-Z][a-z]+", name))


# --- words ------------------------------------------------------------------------------------------------------------

OUT_OF_PLACE = {
    "how it was made": r"\bsession[ _-]\d+\b",
    "the number of an issue": r"(?<![\w&/#\"'(])#\d{1,6}\b(?!;)",
    "somebody's folder": r"(?<![\w.])/(?:work|root|home/\w+)/",
    "a registry's host": r"\b(?:pypi\.org|pythonhosted|artifactory|registry\.npmjs|proxy\.golang)",
}
READ = {".py", ".md", ".toml", ".txt", ".cfg", ".sh", ".po", ".json", ".html", ".service", ".yml", ".yaml", ".mako", ""}
# Taken over whole from others, with their source beside them.
FOREIGN = {"bot/channels/botapi_spec.json", "tests/parts/vendor.toml"}


def written() -> list[tuple[str, str]]:
    """Every text file of the tree that we wrote, with its path."""
    found = [path for folder in (*SOURCE, *TESTS, ".ci") for path in (TREE / folder).rglob("*") if path.is_file()]
    found += [path for path in TREE.iterdir() if path.is_file() and not path.name.startswith(".git")]
    kept = [path for path in found if path.suffix in READ and "__pycache__" not in path.parts]
    named = [(path.relative_to(TREE).as_posix(), path) for path in kept]
    return [(name, path.read_text(encoding="utf-8")) for name, path in named if name not in FOREIGN]


@pytest.mark.parametrize("what", OUT_OF_PLACE)
def test_no_file_speaks_of_what_lies_outside_the_house(what: str) -> None:
    pattern = re.compile(OUT_OF_PLACE[what], re.IGNORECASE)
    files = written()
    assert len(files) > 200
    strays = [f"{name}:{number}" for name, text in files if name != "tests/test_rooms.py"
              for number, line in enumerate(text.splitlines(), 1) if pattern.search(line)]  # fmt: skip
    assert strays == []


@pytest.mark.parametrize("tag", ["sv", "en"])
def test_every_code_has_words_where_somebody_meets_it(tag: str) -> None:
    """The console speaks Swedish and English; the chat says why something is withheld and what it was read for."""
    spoken = locale(tag)
    wanted = [f"console.duty.{duty.name.lower()}" for duty in Duty]
    wanted += [f"{where}.{reason}" for where in ("console.refusal", "refused") for reason in Reason]
    wanted += [f"purpose.{purpose}" for purpose in Purpose]
    assert [key for key in wanted if not spoken.speaks(key)] == []


def test_the_words_of_the_chat_are_there_in_every_language_too() -> None:
    spoken = locale("ar")
    wanted = [*(f"refused.{reason}" for reason in Reason), *(f"purpose.{purpose}" for purpose in Purpose)]
    assert [key for key in wanted if not spoken.speaks(key)] == []
