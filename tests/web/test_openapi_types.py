"""The page's types of the server's answers are those that the server's OpenAPI description gives now."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from server.app import create_app

WEB = Path(__file__).parents[2] / "frontend/web"


def test_the_types_of_the_answers_are_current(tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None or not (WEB / "node_modules/openapi-typescript").is_dir():
        pytest.skip("no Node.js with the page's packages here: run `make page`")
    written = tmp_path / "openapi.ts"
    description = json.dumps(create_app().openapi())
    command = [node, "openapi-types.mjs", str(written)]
    subprocess.run(command, cwd=WEB, input=description, text=True, check=True, timeout=120)
    assert written.read_text() == (WEB / "src/server/openapi.ts").read_text(), "run `make types`"
