"""`earshot gallery info`: what a gallery holds, in words and as JSON."""

import json
import shutil

from tests.server.commands.earshot_command import assert_refused


def test_a_gallery_is_told_in_words_and_as_json(run, home):
    words, data = run("gallery", "info", home / "gallery"), run("gallery", "info", home / "gallery", "--json")
    assert words.returncode == data.returncode == 0, words.stderr
    found = json.loads(data.stdout)
    assert (found["captions"], found["recordings"]) == (6, 2)
    assert found["licences"] == {"CC0-1.0": 6, "CC-BY-4.0": 2}
    assert [line.split()[0] for line in words.stdout.splitlines()] == list(found)


def test_without_a_path_the_first_in_use_is_told(run, home):
    assert json.loads(run("gallery", "info", "--json").stdout)["folder"] == str(home / "gallery")


def test_a_gallery_whose_vectors_were_changed_is_refused_in_one_line(run, home, tmp_path):
    shutil.copytree(home / "gallery", tmp_path / "damaged")
    vectors = next(path for path in (tmp_path / "damaged").iterdir() if path.suffix in (".safetensors", ".npy"))
    content = bytearray(vectors.read_bytes())
    content[-1] ^= 1
    vectors.write_bytes(content)
    assert_refused(run("gallery", "info", "damaged"), vectors.name)


def test_a_gallery_that_is_not_there_is_refused_in_one_line(run):
    assert_refused(run("gallery", "info", "none"), "none")
