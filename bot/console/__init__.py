"""The console: where a case worker builds a case, writes entries, sees previews, releases and tells."""

from bot.console.mount import make_console

__all__ = ["make_console"]
