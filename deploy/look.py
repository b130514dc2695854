"""Draw the sample pages as pictures, to look at them: `python -m deploy.look [FOLDER] [NAME...]`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

from bot.speech import locale
from tests.faces.browser import chromium, serve
from tests.faces.samples import pages

SIZES = {"phone": (360, 740), "desk": (1280, 900)}
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def main(folder: Path, wanted: set[str]) -> None:
    """Write one PNG for each sample, size, language and theme."""
    folder.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        for size, (width, height) in SIZES.items():
            for theme in THEMES:
                context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme)
                for tag in ("sv", "ar"):
                    for name, whole in pages(locale(tag)).items():
                        if wanted and name not in wanted:
                            continue
                        page = context.new_page()
                        serve(page, whole)
                        page.wait_for_timeout(400)
                        page.screenshot(path=folder / f"{name}-{tag}-{size}-{theme}.png", full_page=True)
                        page.close()
                context.close()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "var/look"), set(sys.argv[2:]))
