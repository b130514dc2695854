"""A case as the policy would tell it: a small state of its own, changed by deeds; it shares nothing with the product.

Each deed says whether it is done and, when it is, changes the state. What a deed means is taken from deploy/policy.md
(P..) and, where the policy leaves it open, from what the command says of itself; those places are marked. Whether
somebody may do it at all, and who reads what afterwards, is asked of the reference through worlds.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from tests.prove.model.facts import KINDS, ON_LIST, Bond, Paper, Way, Whom, Yes, stands


@dataclass
class Known:
    """Everything that has happened in one case, as far as it bears on who reads what."""

    child: str
    born: date | None
    bonds: dict[str, Bond] = field(default_factory=dict)
    papers: dict[str, Paper] = field(default_factory=dict)
    given: dict[str, Yes] = field(default_factory=dict)
    ways: dict[str, Way] = field(default_factory=dict)
    named: set[str] = field(default_factory=set)
    off: set[str] = field(default_factory=set)
    colleagues: dict[str, set[tuple[str, bool]]] = field(default_factory=dict)
    glass: dict[str, datetime] = field(default_factory=dict)
    openers: set[str] | None = None
    sealed: bool = False
    broken: bool = False
    investigation: bool = False
    embargo: date | bool = True
    contact: tuple[object, ...] | None = None
    notices: bool = False
    wished: bool = False
    protected: bool = False
    said: int = 0
    # Which day is open to which guardian's tie, and which was until the tie was shut out: it may lie there still.
    days: set[tuple[str, str]] = field(default_factory=set)
    shut: set[tuple[str, str]] = field(default_factory=set)
    # Who has a chat, and to whose nothing is sent.
    chats: set[str] = field(default_factory=set)
    paused: set[str] = field(default_factory=set)

    def age(self, today: date) -> int:
        """P16; -1 when nobody knows."""
        if self.born is None:
            return -1
        had = (today.month, today.day) >= (self.born.month, self.born.day)
        return today.year - self.born.year - (0 if had else 1)

    def bonds_of(self, person: str) -> list[Bond]:
        """Her ties in the order in which they were made."""
        return [bond for bond in self.bonds.values() if bond.person == person]

    # --- people -----------------------------------------------------------------------------------------------------

    def enrol(self, bond: Bond) -> bool:
        """A new tie; the same once more is no harm; one child is the child of a case."""
        if bond.tie in self.bonds:
            return True
        if bond.kind == "child" and any(one.kind == "child" for one in self.bonds.values()):
            return False
        self.bonds[bond.tie] = bond
        return True

    def end_tie(self, tie: str, last: date) -> bool:
        """P14."""
        bond = self.bonds.get(tie)
        if bond is None or (bond.last is not None and last > bond.last):
            return False
        bond.last = last
        return True

    def set_status(self, tie: str, status: str) -> bool:
        """P21. Clearing starts over (as the command says)."""
        bond = self.bonds.get(tie)
        if bond is None or bond.kind != "guardian":
            return False
        bond.status, bond.cleared = status, set()
        self._end_days_of(tie)
        return True

    def clear(self, tie: str, by: str) -> bool:
        """P23: two different people; only a status of none; and nobody who is blocked."""
        bond = self.bonds.get(tie)
        if bond is None or bond.kind != "guardian" or bond.status != "none":
            return False
        if stands(bond.lifted) or by in bond.cleared:
            return False
        bond.cleared.add(by)
        return True

    def block(self, tie: str, blocked: bool, by: str, manager: bool) -> bool:
        """P24-P26. Clearing starts over, with a block and with its lifting (as the command says)."""
        bond = self.bonds.get(tie)
        if bond is None or bond.kind == "child":
            return False
        if blocked:
            bond.lifted = set()
        elif stands(bond.lifted) and bond.lifted is not None:
            bond.lifted.add((by, manager))
        bond.cleared = set()
        self._end_days_of(tie)
        return True

    def block_colleague(self, staff: str, blocked: bool, by: str, manager: bool) -> bool:
        """P24 for a member of staff."""
        if blocked:
            self.colleagues[staff] = set()
        elif staff in self.colleagues and stands(self.colleagues[staff]):
            self.colleagues[staff].add((by, manager))
        return True

    def shut_out(self, staff: str) -> bool:
        """P24, P32."""
        return staff in self.colleagues and stands(self.colleagues[staff])

    def has_case(self, staff: str) -> bool:
        """P12: a case that names nobody is the whole unit's, and never again hers who was taken off it."""
        return staff in self.named or (not self.named and staff not in self.off)

    def assign(self, staff: str, named: bool, by: str, leads: bool) -> bool:
        """P12: herself, or anybody where she leads the unit; nobody who is shut out of the case."""
        if (staff != by and not leads) or (named and self.shut_out(staff)):
            return False
        (self.named.add if named else self.named.discard)(staff)
        (self.off.discard if named else self.off.add)(staff)
        return True

    # --- the case as a whole ----------------------------------------------------------------------------------------

    def seal(self, sealed: bool, by: str) -> bool:
        """P20: one shuts it, two different people open it; who has said so once is not asked again."""
        if sealed:
            self.sealed, self.openers = True, set()
            return True
        if self.openers is not None and by in self.openers:
            return False
        if self.sealed and self.openers is not None:
            self.openers.add(by)
            self.sealed = len(self.openers) < 2
        return True

    def investigate(self, active: bool) -> bool:
        """The secrecy of the investigation over the case."""
        self.investigation = active
        return True

    def decide_contact(self, decision: tuple[object, ...], notices: bool, embargo: date | bool) -> bool:
        """P29. A decision says whether the notice is waited for; the same once more says nothing new (the command)."""
        if decision != self.contact:
            self.contact, self.notices, self.embargo = decision, notices, embargo
        return True

    def log_notice(self, today: date) -> bool:
        """P28."""
        if self.waits_for_notice(today):
            self.embargo = False
        return True

    def waits_for_notice(self, today: date) -> bool:
        """Whether the embargo stands."""
        return self.embargo if isinstance(self.embargo, bool) else today < self.embargo

    def wish(self, today: date) -> bool:
        """P29: from fifteen."""
        if self.age(today) < 15:
            return False
        self.wished = True
        return True

    def protect(self, protected: bool) -> bool:
        """P33."""
        self.protected = protected
        return True

    # --- grounds ----------------------------------------------------------------------------------------------------

    def say_yes(self, name: str, yes: Yes) -> bool:
        """P49. Somebody who is nobody in the case has nothing to say yes to; one id is one yes."""
        if name in self.given:
            return True
        if not self.bonds_of(yes.by):
            return False
        self.given[name] = yes
        return True

    def take_back_yes(self, name: str, by: str | None = None) -> bool:
        """P49: from the moment it is withdrawn no more; herself only her own."""
        yes = self.given.get(name)
        if yes is None or not yes.live or by not in (None, yes.by):
            return False
        yes.live = False
        return True

    def except_(self, name: str, way: Way, ground: str) -> bool:
        """P51: a ground from the list, or it is none."""
        if name in self.ways:
            return True
        if ground not in ON_LIST:
            return False
        self.ways[name] = way
        return True

    def end_exception(self, name: str) -> bool:
        """An exception that somebody ended."""
        way = self.ways.get(name)
        if way is None or not way.live:
            return False
        way.live = False
        return True

    def break_glass(self, staff: str, now: datetime) -> bool:
        """P60, for a worker of another unit."""
        self.glass[staff] = now + timedelta(hours=24)
        return True

    def review(self, staff: str, stands_: bool, by: str, manager: bool) -> bool:
        """P61: a manager other than the one who opened."""
        if not manager or by == staff or staff not in self.glass:
            return False
        if not stands_:
            del self.glass[staff]
        return True

    # --- entries ----------------------------------------------------------------------------------------------------

    def write(self, name: str, paper: Paper) -> bool:
        """A new entry."""
        self.papers[name] = paper
        return True

    def release(self, name: str, whom: Whom, leave: str, by: str) -> bool:
        """P53: to a reader that the kind has. P68: what is heavy takes two people, unless it is for the child."""
        paper = self.papers.get(name)
        if paper is None or (whom[0] == "shared" and not KINDS[paper.kind][1]):
            return False
        if whom in paper.released:
            return True
        wanted = paper.wanted.setdefault(whom, set())
        if KINDS[paper.kind][2] and whom[0] != "child":
            if by in wanted:
                return False
            wanted.add(by)
            if len(wanted) < 2:
                return True
        paper.released[whom] = leave
        paper.refused = paper.refused and whom[0] != "child"
        return True

    def refuse(self, name: str, today: date) -> bool:
        """A grown-up is told that something was refused, and on which ground."""
        paper = self.papers.get(name)
        if paper is None or self.age(today) < 18 or paper.back or ("child", None) in paper.released:
            return False
        paper.refused = True
        return True

    def tell(self, name: str) -> bool:
        """P59: somebody recorded having told the one it is about."""
        return self._mark(name, "told")

    def take_back(self, name: str) -> bool:
        """Hidden from every reader at once."""
        return self._mark(name, "back") and self._end_days()

    def look_again(self, name: str, yes: bool, until: date | None) -> bool:
        """P59: somebody has looked, and opened it or given another day."""
        paper = self.papers.get(name)
        if paper is None or paper.hold is None or (not yes and until is None):
            return False
        paper.lifted, paper.until = paper.lifted or yes, paper.until if yes else until
        return True

    def change_state(self, name: str, ahead: bool, by: str) -> bool:
        """It happened, or it lies ahead after all, on another day."""
        paper = self.papers.get(name)
        if paper is None:
            return False
        if (paper.ahead, paper.moved) != (ahead, ahead):
            paper.reads_otherwise(by)
        paper.ahead = paper.moved = ahead
        return self._end_days()

    def hold(self, name: str, hold: str, until: date | None) -> bool:
        """P27, P59: something of an entry waits after all; nobody reads other words by it (P68). What was taken back
        is written no more (the command).
        """
        paper = self.papers[name]
        if paper.back:
            return False
        paper.hold, paper.until, paper.lifted = hold, until, False
        return self._end_days()

    # --- planned days, and a telephone to which nothing is sent ----------------------------------------------------

    def tell_of_visit(self, name: str, tie: str, told: bool) -> bool:
        """P69: one day, to one guardian who is let in; it lies ahead and nothing of it waits. Turned off by a wish."""
        bond, paper = self.bonds.get(tie), self.papers.get(name)
        if bond is None or bond.kind != "guardian" or paper is None:
            return False
        let_in = bond.status == "none" and len(bond.cleared) > 1 and not stands(bond.lifted)
        if told and not (let_in and paper.tells_a_day):
            return False
        (self.days.add if told else self.days.discard)((name, tie))
        self.shut -= self.days
        return True

    def pause(self, people: set[str]) -> bool:
        """A text that had reached them was taken back: nothing is sent to their telephones (the command)."""
        self.paused |= people & self.chats
        return True

    def resume(self, person: str, why: str) -> bool:
        """With a reason, to whom nothing was sent (the command)."""
        if person not in self.paused or not why.strip():
            return False
        self.paused.discard(person)
        return True

    def _end_days(self) -> bool:
        """A day that is none any more stays shut until it is opened anew: a hold must not be seen to end."""
        self.days = {(name, tie) for name, tie in self.days if self.papers[name].tells_a_day}
        self.shut = {(name, tie) for name, tie in self.shut if self.papers[name].tells_a_day}
        return True

    def _end_days_of(self, tie: str) -> None:
        """P69: with a block and with another status; and as clearing starts over, so does this."""
        self.shut |= {(name, to) for name, to in self.days if to == tie}
        self.days -= self.shut

    def _mark(self, name: str, what: str) -> bool:
        if name in self.papers:
            setattr(self.papers[name], what, True)
        return name in self.papers
