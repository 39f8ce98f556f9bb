"""A real browser before a real server: the built page, the embedded checkpoint, Null Island and no network."""

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect, sync_playwright

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "server/page/index.html"
# The headless shell takes half of what the whole browser does.
BROWSERS = ("chromium-headless-shell", "/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
START_SECONDS = 240.0
# The north of the island, 36 cells: two coasts, reefs, beaches, forest, farmland and the city.
NORTH = ("--bbox", "0.27,0.98,1.04,1.31", "--zoom", "12", "--imagery", "null-island")
# One process for both, since most of what either does is to begin.
BUILD_AND_SERVE = f"""
from server.cli import app

app(["region", "build", "null-island", *{NORTH!r}], standalone_mode=False)
app(["serve", "--port", "0"], standalone_mode=False)
"""
DESKTOP: ViewportSize = {"width": 1280, "height": 640}  # no higher: each tile in view takes the server 0.1 s
# The page begins the sound of a quick engine by itself, and a busy machine is to change no test (a minute is a test's).
# A route would tell so too, but where there is one the browser keeps nothing: each test would have all painted anew.
TELL_QUICK_ENGINES = """() => {
  const ask = window.fetch;
  window.fetch = async (...asked) => {
    const answer = await ask(...asked);
    if (new URL(answer.url).pathname !== '/capabilities' || !answer.ok) return answer;
    const told = await answer.json();
    for (const engine of told.engines)
      if (engine.seconds_per_10s < 60) engine.seconds_per_10s &&= Math.min(engine.seconds_per_10s, 1);
    return new Response(JSON.stringify(told), { headers: answer.headers });
  };
}"""
PATIENCE = 60_000  # milliseconds a test waits for anything to appear; only a busy machine needs so many


@pytest.fixture(scope="package")
def chromium() -> str:
    wanted = os.environ.get("EARSHOT_CHROMIUM")
    found = next((path for path in map(shutil.which, (wanted,) if wanted else BROWSERS) if path), None)
    if found is None:
        pytest.skip(f"no {wanted or 'Chromium'} here: install chromium-headless-shell, or name one in EARSHOT_CHROMIUM")
    return found


@pytest.fixture(scope="package")
def earshot(tmp_path_factory: pytest.TempPathFactory, chromium: str) -> Iterator[str]:
    """The address of `earshot serve`, started offline with the north of Null Island in its data folder."""
    if not PAGE.is_file():
        pytest.skip("the page is not built: run `make page`")
    folder = tmp_path_factory.mktemp("earshot")
    environment = os.environ | {
        "EARSHOT_ONLINE": "false",
        "EARSHOT_DATA_DIR": str(folder),
        "EARSHOT_TORCH_THREADS": "1",
        "EARSHOT_BUILD_REGION": "false",
    }
    command = [sys.executable, "-u", "-c", BUILD_AND_SERVE]
    errors = folder / "stderr.txt"
    with (
        errors.open("w") as stderr,
        subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=stderr, text=True
        ) as process,
    ):
        try:
            assert process.stdout is not None
            address = address_told(process.stdout)
            wait_until_ready(address, process, errors)
            yield address
        finally:
            process.terminate()


def address_told(lines: IO[str]) -> str:
    """The address that the server tells when it begins to listen; empty: it came to an end before."""
    return next((line.rpartition(" ")[2].strip() for line in lines if "http://" in line), "")


def wait_until_ready(address: str, process: subprocess.Popen[str], errors: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=5):
                return
        except (OSError, ValueError):
            time.sleep(0.1)
    pytest.fail(f"earshot serve did not get ready: {errors.read_text()}")


@pytest.fixture(scope="package")
def browser(chromium: str) -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield launched
        launched.close()


@pytest.fixture(scope="package")
def context(browser: Browser, earshot: str) -> BrowserContext:
    """One profile for all tests, so that tiles seen once come from its cache; nothing moves but where asked."""
    return browser.new_context(viewport=DESKTOP, base_url=earshot, reduced_motion="reduce")


@contextmanager
def page_of(context: BrowserContext, address: str = "/", *scripts: str) -> Iterator[Page]:
    """The page opened on a desktop, after scripts; at the end nothing may have failed and no resource been refused."""
    opened = context.new_page()
    opened.set_default_timeout(PATIENCE)
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("console", lambda line: errors.append(line.text) if "Content Security Policy" in line.text else None)
    for script in (TELL_QUICK_ENGINES, *scripts):
        opened.add_init_script(f"({script})()")
    opened.goto(address)
    opened.wait_for_selector("img.leaflet-tile-loaded")
    yield opened
    opened.unroute_all(behavior="ignoreErrors")
    opened.close()
    assert errors == []


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """The page just opened."""
    with page_of(context) as opened:
        yield opened


@pytest.fixture(scope="module")
def shared_page(context: BrowserContext) -> Iterator[Page]:
    """One page for the tests of a file, in their order."""
    with page_of(context) as opened:
        yield opened
