"""`earshot info`: what is in use, and what was pulled."""

import json

from model.registry import record


def test_info_says_what_is_in_use_in_words_and_as_json(run):
    words, data = run("info"), run("info", "--json")
    assert words.returncode == data.returncode == 0
    found = json.loads(data.stdout)
    assert found["checkpoint"]["hash"] in words.stdout
    assert found["gallery"]["captions"] == 6


def test_info_tells_what_was_pulled(run, variables):
    folder = variables["EARSHOT_DATA_DIR"] / "tokeniser"
    folder.mkdir(parents=True)
    (folder / "tokenizer.json").write_text("{}")
    record("flan-t5-tokenizer", folder, variables["EARSHOT_DATA_DIR"])
    assert "flan-t5-tokenizer (local): 0.00 GB" in run("info").stdout
    (folder / "tokenizer.json").unlink()
    assert "is gone" in run("info", COLUMNS="300").stdout
