"""How hard a text is: words, sentences and LIX, in scripts that write vowels as signs too."""

from __future__ import annotations

import pytest

from bot.story import readability


def test_lix_is_words_a_sentence_and_the_share_of_long_words() -> None:
    # Eight words in two sentences; two of the words have more than six letters.
    assert readability.lix("Du berättade för en vuxen. Då lyssnade hon.") == pytest.approx(8 / 2 + 100 * 2 / 8)


def test_a_text_without_words_is_not_hard() -> None:
    assert readability.lix(" … ") == 0.0
    assert readability.longest("") == 0


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Fråga mig. Eller henne!", 2),
        ("De som lyssnade var: Tove och Rut.", 2),
        ("En rubrik\nOch sedan en rad.", 2),
        ("Hon sa ”kom hit.” Sedan gick hon.", 2),
        ("Ring 112.30 är ingen tid.", 1),
        ("هل لديك سؤال؟ يمكنك السؤال.", 2),
        ("ዝነበሩ ዓበይቲ እዞም እዮም፦ Tove ኢያ።", 2),
    ],
)
def test_what_ends_a_sentence(text: str, count: int) -> None:
    assert len(readability.sentences(text)) == count


def test_a_vowel_sign_does_not_part_a_word() -> None:
    assert readability.words("شهرًا واحدًا") == ("شهرًا", "واحدًا")


def test_a_hyphen_and_an_apostrophe_do_not_part_a_word() -> None:
    assert readability.words("BUP-mottagningen is the child's") == ("BUP-mottagningen", "is", "the", "child's")


def test_a_run_of_very_short_sentences_is_a_telegram() -> None:
    assert readability.choppy("Polisen kom. De frågade. Du svarade. Alla åkte. Det var slut.")
    assert not readability.choppy("Polisen kom. De frågade. Du svarade, och sedan åkte alla hem. Det tog slut.")


JOINED = ("för att", "men", "om")


def test_the_figures_of_a_text_are_counted_at_once() -> None:
    found = readability.figures("Polisen frågade dig, men du fick vara tyst. Då gick ni hem.", JOINED, nordic=True)
    assert (found.words, found.sentences, found.longest, found.mean) == (12, 2, 8, 6.0)
    assert (found.long_share, found.joined, found.choppy) == (17, 1, False)


@pytest.mark.parametrize("text", ["", "…"])
def test_a_text_without_words_has_figures_too(text: str) -> None:
    assert readability.figures(text, JOINED, nordic=True).mean == 0.0


def test_lix_is_taken_on_a_hundred_nordic_words_and_not_on_fewer() -> None:
    text = "Du får fråga mig om allt. " * 17
    assert readability.figures(text, JOINED, nordic=True).lix == 6
    assert readability.figures(text, JOINED, nordic=False).lix is None
    assert readability.figures(text[:-60], JOINED, nordic=True).lix is None


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Om du vill, men inte nu.", 2),
        ("Omar kom, och mennoniten gick.", 0),
        ("Det är för att du ska få vila.", 1),
    ],
)
def test_a_connective_is_a_word_by_itself(text: str, count: int) -> None:
    assert readability.figures(text, JOINED, nordic=True).joined == count


def test_a_connective_with_an_open_ending_takes_what_is_written_on_to_it() -> None:
    assert readability.figures("تكلم الآن لأنه يسمعك.", ("لأن-",), nordic=False).joined == 1
