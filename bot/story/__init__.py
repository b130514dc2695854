"""The story: a structured entry told for one listener. Pure; it gives keys and slots, and speech finds the words."""

from bot.story.adults import AdultStory, Source, adult_text, more_information
from bot.story.age import age_on, listener_for
from bot.story.keys import catalogue, parts
from bot.story.telling import Card, Depth, tell

__all__ = [
    "AdultStory",
    "Card",
    "Depth",
    "Source",
    "adult_text",
    "age_on",
    "catalogue",
    "listener_for",
    "more_information",
    "parts",
    "tell",
]
