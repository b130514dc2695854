"""My plan: the person's own goals, who does what, and when it is looked at again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from bot.manners import BACK, home, refused, stay
from bot.talk import Block, Chose, Event, Facts, Go, Me, Name, Screen, Text, Turn, Written
from storage.consent import Withheld
from storage.queries import MyPlan, Plan, Query


@dataclass(frozen=True, slots=True)
class Goals:
    """The goals."""

    name: ClassVar[str] = "plan/goals"
    version: ClassVar[int] = 1

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """The plan."""
        return (MyPlan(me.case),)

    def screen(self, me: Me, facts: Facts) -> Screen:
        """One block for each goal, in the words it was agreed in."""
        goals = facts[MyPlan(me.case)]
        if isinstance(goals, Withheld):
            return refused(me, goals)
        blocks = tuple(_goal(goal) for goal in goals) or (Block((Text("plan.none"),)),)
        return Screen(Text("plan.title"), (Block((Text("plan.lead"),)), *blocks), choices=(BACK,))

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Home."""
        if isinstance(event, Chose) and event.value == "back":
            return Turn(home(me))
        return stay(event, Go(self.name))


def _goal(goal: Plan) -> Block:
    lines: list[Text | Written | Name] = [Written(goal.goal), Text("plan.who", {"who": Name(goal.who)})]
    if goal.next_on:
        lines.append(Text("plan.next", {"on": date.fromisoformat(goal.next_on)}))
    return Block(tuple(lines), symbol="calendar")


STEPS = (Goals,)
