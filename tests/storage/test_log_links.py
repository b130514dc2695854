"""The links of the log by themselves: what is written in them stays readable, and each chain begins anew."""

from __future__ import annotations

from dataclasses import replace

import pytest

from storage.audit import GENESIS, Broken, Chain, Link, Seen, link_mac, verify

KEY = b"k" * 32
LOOKED = Seen("Sheet", "case_work", "assigned_staff", "console", "Hanna, socialtjänsten")


def chain(name: str, length: int) -> list[Link]:
    """A whole chain of so many visits."""
    links: list[Link] = []
    for seq in range(1, length + 1):
        told = (name, seq, 1_795_431_600_000 + seq, "hanna", "case-mira", LOOKED.write())
        prev = links[-1].mac if links else GENESIS
        links.append(Link(*told, prev, link_mac(KEY, *told, prev)))
    return links


def test_a_log_that_was_written_years_ago_still_holds() -> None:
    """The bytes are a promise: another length or another beginning, and every visit kept so far looks forged."""
    (link,) = chain("c1", 1)
    assert link.prev == bytes(32)
    assert link.mac.hex() == "9c0339309c91e1c4d78312900e04936fae721fcc19b24b5f915c7f744df839b5"


def test_what_a_visit_tells_is_read_as_it_was_written() -> None:
    plain = b'["Sheet", "case_work", "assigned_staff", "console", "Hanna, socialtj\\u00e4nsten"]'
    reviewed = replace(LOOKED, said="All in order.")
    assert LOOKED.write() == plain, "only what has words of its own says them"
    assert Seen.read(plain) == LOOKED
    assert Seen.read(reviewed.write()) == reviewed


def test_each_chain_begins_with_one_and_with_nothing_before_it() -> None:
    first, second = chain("c1", 3), chain("c2", 2)
    assert list(verify(KEY, [*first, *second])) == []
    assert list(verify(KEY, [*first, *second[1:]])) == [Broken("c2", 2, "gap")]
    follows = replace(second[0], prev=first[-1].mac)
    follows = replace(follows, mac=link_mac(KEY, *_fields(follows)))
    assert list(verify(KEY, [*first, follows])) == [Broken("c2", 1, "order")]


def test_after_a_gap_the_rest_is_judged_by_itself() -> None:
    links = chain("c1", 5)
    assert list(verify(KEY, [*links[:1], *links[2:]])) == [Broken("c1", 3, "gap")]
    assert list(verify(KEY, [*links[:1], *links[2:3], *links[4:]])) == [Broken("c1", 3, "gap"), Broken("c1", 5, "gap")]


def test_another_actor_is_found_where_she_was_put_in() -> None:
    links = chain("c1", 3)
    links[1] = replace(links[1], actor="somebody")
    assert list(verify(KEY, links)) == [Broken("c1", 2, "changed")]


@pytest.mark.parametrize(
    ("one", "word"), [(LOOKED, "who"), (chain("c1", 1)[0], "actor"), (Broken("c1", 1, "gap"), "what")],
    ids=["a visit", "a link", "a fault"],
)  # fmt: skip
def test_what_was_written_is_changed_by_nobody_on_the_way(one: Seen | Link | Broken, word: str) -> None:
    with pytest.raises(AttributeError):
        setattr(one, word, "other")


@pytest.mark.parametrize("one", [LOOKED, Chain("c1"), chain("c1", 1)[0], Broken("c1", 1, "gap")])
def test_nothing_is_laid_beside_what_was_written(one: Seen | Chain | Link | Broken) -> None:
    """A misspelt head of a chain would otherwise be kept, and the next link would begin from the old one."""
    with pytest.raises(AttributeError):
        object.__setattr__(one, "heads", 2)


def test_a_chain_whose_name_is_empty_is_judged_like_any_other() -> None:
    assert list(verify(KEY, chain("", 2))) == []


def _fields(link: Link) -> tuple[str, int, int, str, str, bytes, bytes]:
    return link.chain, link.seq, link.at, link.actor, link.subject, link.sealed, link.prev
