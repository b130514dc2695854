"""What a story does with a claim: somebody begins, writes, sends; a worker moves it on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from storage.claims import find_claim
from storage.commands import (
    AddToClaim,
    BeginClaim,
    KeepAdult,
    MoveClaim,
    OpenCase,
    SendClaim,
    WriteEntry,
)
from storage.consent import Actor
from storage.queries import (
    ClaimDoor,
    ClaimFacts,
    MyClaim,
)
from storage.records import (
    VISITOR,
    CaseId,
    ClaimId,
    ClaimStage,
    ClaimToken,
    ProofWay,
    ReaderClass,
    Role,
    Side,
    Strength,
    TieId,
    TieKind,
    claim_of,
)
from storage.sign_in import employ
from tests.storage.family import ADULTS, HANNA, enrol, full_entry, release
from tests.storage.house import UNIT, House

VISITING = Actor(VISITOR, Strength.NONE)
TYPED = {"name": "Kaninen Zqx", "born": "2003-06-21", "where": "Lindvik 2012", "reach": "070-1 efter fem"}
FUNCTION = "samordnaren, barnahus Lindvik"


@dataclass
class Street:
    """A house with somebody to read claims, and what a story does with one."""

    house: House
    tokens: dict[str, ClaimToken] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)

    def begin(self, name: str = "noa") -> ClaimToken:
        """Begin a claim."""
        door = self.house.see(VISITING, ClaimDoor())
        assert UNIT in {unit.id for unit in door.units}
        self.house.done(VISITING, BeginClaim(door.token, door.number, UNIT, "sv"))
        self.tokens[name], self.numbers[name] = door.token, door.number
        return door.token

    def write(self, token: ClaimToken) -> None:
        """Answer the questions."""
        self.house.done(VISITING, *(AddToClaim(token, what, words) for what, words in TYPED.items()))

    def send(self, name: str = "noa", way: ProofWay = ProofWay.IN_PERSON) -> ClaimId:
        """A whole claim, sent."""
        token = self.begin(name)
        self.write(token)
        self.house.done(VISITING, SendClaim(token, way))
        return claim_of(token)

    def facts(self, token: ClaimToken) -> ClaimFacts:
        """What whoever holds the secret is told."""
        return self.house.see(VISITING, MyClaim(token))

    def move(self, claim: ClaimId, stage: ClaimStage, way: ProofWay = ProofWay.IN_PERSON) -> None:
        """A worker moves it on."""
        today = self.house.clock.now.date()
        self.house.done(HANNA, MoveClaim(claim, stage, FUNCTION, today + timedelta(days=5), way))

    def seek(self, number: str, conversation: str = "talk") -> Any:
        """Come back with a number."""
        return self.house.store.run(lambda tx: find_claim(tx, number, conversation))


def open_street(house: House) -> Street:
    """A house in which claims can be made: somebody works at the unit."""
    house.store.run(lambda tx: employ(tx, "Hanna", "socialsekreterare", UNIT, Side.BARNAHUS, Role.CASE_WORKER))
    return Street(house)


def grown_case(house: House) -> CaseId:
    """A case whose child is a grown-up today, with one entry released and two that nobody has decided about."""
    case = CaseId("case-noa")
    house.done(
        HANNA,
        OpenCase(case, UNIT, Side.BARNAHUS, "BH-2012-022", "2046-03"),
        enrol("noa", TieId("tie-noa"), TieKind.CHILD, case=case, born=date(2003, 6, 21)),
        *(KeepAdult(case, adult) for adult in ADULTS),
        WriteEntry(case, full_entry("social_measure", "entry-0", releases=(release(ReaderClass.CHILD),))),
        *(WriteEntry(case, full_entry("social_measure", f"entry-{n}")) for n in (1, 2)),
    )
    return case
