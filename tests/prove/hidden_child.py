"""What the child does, and what is done for her, out of a guardian's sight."""

from __future__ import annotations

from contextlib import suppress

from storage import commands as c
from storage.her_words import Outcome, TellOf
from storage.queries import (
    MyChoices,
    MyContact,
    MyNotes,
    MyObjections,
    MyThread,
    OneEntry,
    WhereKept,
    WholeEntries,
    WholeStory,
    WhoRead,
)
from storage.records import (
    Channel,
    EntryId,
    PhoneHeld,
    ReaderClass,
    RecordId,
    Shutting,
)
from storage.sign_in import attempt_pin
from tests.contract.signing_in import with_pin
from tests.prove.hidden_entries import (
    CHILD,
    OPEN,
    Secret,
    attempt,
    let_read,
    let_write,
    tell,
    write,
)
from tests.storage.family import (
    CASE,
    HANNA,
    LAWYER,
    MIRA,
    SINCE,
    Family,
)
from tests.storage.house import TODAY


def invited(family: Family, secret: Secret, n: int) -> None:
    let_write(family)
    attempt(family, HANNA, c.Invite(CASE, MIRA))


def has_account(family: Family, secret: Secret, n: int) -> None:
    """She has taken her invite and chosen a PIN; on some days she has tried it wrongly or is shut out."""
    let_write(family)
    with suppress(AssertionError):  # somebody has shut her sign-in before
        with_pin(family.house)
    if secret.day % 3 == 1:
        for _ in range(6):
            family.house.store.run(lambda tx: attempt_pin(tx, MIRA))
        attempt(family, HANNA, c.Unlock(CASE, MIRA))
    if secret.day % 3 == 2:
        attempt(family, HANNA, c.ShutSignIn(CASE, MIRA, Shutting.SUSPEND))


def child_writes(family: Family, secret: Secret, n: int) -> None:
    let_write(family)
    attempt(family, CHILD, c.Say(CASE, f"words {n}", None, None))
    attempt(family, HANNA, c.MarkRead(CASE, MIRA), c.Answer(CASE, MIRA, f"answer {n}"))


def alarm(family: Family, secret: Secret, n: int) -> None:
    let_write(family)
    attempt(family, CHILD, c.Say(CASE, f"danger {n}", None, ("danger", "suicide", "safe_word")[secret.day % 3]))


def child_asks(family: Family, secret: Secret, n: int) -> None:
    """A question about one of her cards, and to be rung up."""
    let_write(family)
    entry = tell(family, secret, n)
    attempt(family, CHILD, c.Say(CASE, f"why {n}", entry, None), c.AskForCall(CASE))


def child_reads(family: Family, secret: Secret, n: int) -> None:
    let_write(family)
    tell(family, secret, n)
    for query in (WholeStory(CASE), MyThread(CASE), MyChoices(CASE), WhoRead(CASE), MyContact(CASE), WhereKept(CASE)):
        family.house.ask(CHILD, query)
    attempt(family, CHILD, c.KeepBookmark(MIRA, EntryId(f"secret-{n}"), n), c.SetProfile(MIRA, "ar", None))


def child_objects(family: Family, secret: Secret, n: int) -> None:
    let_write(family)
    entry = tell(family, secret, n)
    unclear = c.CountUnclear(CASE, f"{secret.kind}.7-12", "sv")
    attempt(family, CHILD, unclear, c.SayWrong(CASE, entry, f"words {n}", None), c.SayNotMine(CASE, entry))
    family.house.ask(CHILD, MyObjections(CASE))
    if secret.day % 2:
        attempt(family, HANNA, c.AnswerObjection(CASE, RecordId(entry), Outcome.HERS))


def child_hides_what_the_guardian_reads(family: Family, secret: Secret, n: int) -> None:
    """It goes out of the child's sight and out of nobody else's."""
    let_write(family)
    entries = family.house.ask(HANNA, WholeEntries(CASE))
    entry = next((one.id for one in entries if one.id.startswith(OPEN)), None) if isinstance(entries, tuple) else None
    if entry is not None:
        let_read(family, entry, ReaderClass.CHILD)
        family.house.ask(CHILD, OneEntry(CASE, entry))
        attempt(family, CHILD, c.SayNotMine(CASE, entry))
    else:
        child_objects(family, secret, n)


def child_keeps_to_herself(family: Family, secret: Secret, n: int) -> None:
    let_write(family)
    attempt(family, CHILD, c.KeepNote(MIRA, f"note {n}", None), c.ChooseTold(CASE, TellOf.VERDICT, wanted=bool(n % 2)))
    family.house.ask(CHILD, MyNotes(MIRA))


def read_together(family: Family, secret: Secret, n: int) -> None:
    entry = write(family, secret, n)
    let_read(family, entry.id, ReaderClass.CHILD)
    how = ("understood", "unsure", "wants_to_talk")[secret.day % 3]
    attempt(family, HANNA, c.ReadTogether(CASE, MIRA, (entry.id,), TODAY, how))


def child_consents(family: Family, secret: Secret, n: int) -> None:
    yes = c.KeepConsent(CASE, f"yes-{n}", MIRA, LAWYER, "share_story", "own_story", Channel.WEB, SINCE, None, to=LAWYER)
    attempt(family, HANNA, yes)
    if secret.day % 2:
        attempt(family, CHILD, c.Withdraw(CASE, f"yes-{n}"))


def safe_contact(family: Family, secret: Secret, n: int) -> None:
    """She has said how it is safe to write to her, and says it again."""
    let_write(family, notices=True)
    yes = c.KeepConsent(CASE, f"safe-{n}", MIRA, MIRA, "reminders", "15:00-17:00", Channel.WEB, SINCE, None,
                        how="met", phone=PhoneHeld.SHARED)  # fmt: skip
    attempt(family, HANNA, yes, c.AskedAgain(CASE, MIRA, PhoneHeld.OWN, "met"))
    attempt(family, CHILD, c.KeepContact(CASE, PhoneHeld.OWN, "16:00-18:00"))


def notice_to_the_child(family: Family, secret: Secret, n: int) -> None:
    let_write(family, notices=True)
    entry = tell(family, secret, n)
    attempt(family, HANNA, c.AskToBeSent(CASE, MIRA, entry, family.house.clock.now))
