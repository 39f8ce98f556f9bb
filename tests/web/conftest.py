"""A real browser before a real server: the built page, the embedded checkpoint, Null Island and no network."""

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect, sync_playwright

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "server/page/index.html"
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
START_SECONDS = 120.0
BUILD_SECONDS = 240.0
CORNER = "0.0,0.8,1.4,1.5"  # the north-east of the island: sea, reefs, a beach, forest, farmland and the city
DESKTOP: ViewportSize = {"width": 1280, "height": 800}
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
        pytest.skip(f"no {wanted or 'Chromium'} here: install chromium, or name one in EARSHOT_CHROMIUM")
    return found


@pytest.fixture(scope="package")
def earshot(tmp_path_factory: pytest.TempPathFactory, chromium: str) -> Iterator[str]:
    """The address of `earshot serve`, started offline with a corner of Null Island in its data folder."""
    if not PAGE.is_file():
        pytest.skip("the page is not built: run `make page`")
    folder = tmp_path_factory.mktemp("earshot")
    environment = os.environ | {
        "EARSHOT_ONLINE": "false",
        "EARSHOT_DATA_DIR": str(folder),
        "EARSHOT_TORCH_THREADS": "1",
        "EARSHOT_BUILD_REGION": "false",
    }
    build_corner(environment)
    command = [sys.executable, "-u", "-m", "server.cli", "serve", "--port", "0"]
    errors = folder / "stderr.txt"
    with (
        errors.open("w") as stderr,
        subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=stderr, text=True
        ) as process,
    ):
        try:
            assert process.stdout is not None
            address = process.stdout.readline().rpartition(" ")[2].strip()
            wait_until_ready(address, process, errors)
            yield address
        finally:
            process.terminate()


def build_corner(environment: dict[str, str]) -> None:
    where = ["--bbox", CORNER, "--zoom", "12", "--imagery", "null-island"]
    command = [sys.executable, "-m", "server.cli", "region", "build", "null-island", *where, "--json"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, timeout=BUILD_SECONDS)


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
    """One profile for all tests, so that tiles seen once come from the browser's cache."""
    return browser.new_context(viewport=DESKTOP, base_url=earshot)


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """The page just opened, on a desktop; a script error or a refused resource fails the test."""
    opened = context.new_page()
    opened.set_viewport_size(DESKTOP)
    opened.set_default_timeout(PATIENCE)
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("console", lambda line: errors.append(line.text) if "Content Security Policy" in line.text else None)
    opened.add_init_script(f"({TELL_QUICK_ENGINES})()")
    opened.goto("/")
    opened.wait_for_selector("img.leaflet-tile-loaded")
    yield opened
    opened.unroute_all(behavior="ignoreErrors")
    opened.close()
    assert errors == []
