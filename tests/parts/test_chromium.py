"""The real browser opens pages, and axe sees what is wrong with them, under a strict policy too."""

from urllib.parse import quote

from aiohttp import web
from playwright.async_api import Page

from tests.parts.chromium import axe

FAULTY = """<!doctype html><html lang="sv"><head><title>Sida</title></head>
<body><main><h1>Hej</h1><img src="data:," id="planted"></main></body></html>"""
SOUND = FAULTY.replace('id="planted"', 'alt=""')


async def test_axe_finds_the_planted_fault(page: Page) -> None:
    await page.goto("data:text/html," + quote(FAULTY))

    assert await page.title() == "Sida"
    assert [(each.rule, each.targets) for each in await axe(page)] == [("image-alt", ("#planted",))]


async def test_axe_has_nothing_to_say_of_a_sound_page(page: Page) -> None:
    await page.goto("data:text/html," + quote(SOUND))

    assert await axe(page) == ()


async def test_axe_runs_where_the_page_forbids_foreign_scripts(page: Page, free_port: int) -> None:
    async def strict(_: web.Request) -> web.Response:
        policy = "default-src 'none'; script-src 'self'; require-trusted-types-for 'script'"
        return web.Response(text=FAULTY, content_type="text/html", headers={"Content-Security-Policy": policy})

    app = web.Application()
    app.router.add_get("/", strict)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", free_port).start()
        await page.goto(f"http://127.0.0.1:{free_port}/")

        assert [each.rule for each in await axe(page)] == ["image-alt"]
    finally:
        await runner.cleanup()
