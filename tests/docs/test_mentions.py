"""What counts as a name of ours in a document, and what is left alone."""

from tests.docs.mentions import benchmarks_in, defined_in, exists, folders, paths_in, tree_in, where_defined

TREE = """
```
model/          tensors
  gallery/      captions and recordings
    nearest.py  the search

server/         people
```
"""


def test_paths_are_those_that_begin_with_a_room_or_end_as_code_does():
    text = "`model/gallery/nearest.py`, `src/main.ts`, `tiles/` and `settings.py`"
    assert list(paths_in(text)) == ["model/gallery/nearest.py", "src/main.ts", "tiles/", "settings.py"]


def test_urls_settings_and_names_of_data_are_no_paths():
    text = "`/search`, `EARSHOT_DATA_DIR/models`, `regions/`, `lock.json`, `a.b`, `q=waves`, model/nowhere.py"
    assert list(paths_in(text)) == []


def test_what_stands_in_a_code_block_is_no_mention_but_a_benchmark_is():
    text = "```sh\nmake `model/nowhere.py`\npython -m benchmarks.nowhere\n```"
    assert list(paths_in(text)) == []
    assert benchmarks_in(text) == ["benchmarks/nowhere.py"]


def test_a_path_that_leads_nowhere_does_not_exist():
    assert exists("tests/docs/mentions.py")
    assert exists("docs/mentions.py")
    assert not exists("tests/docs/nowhere.py")
    assert not exists("entions.py")


def test_a_tree_is_read_by_its_indentation():
    assert list(tree_in(TREE)) == ["model", "model/gallery", "model/gallery/nearest.py", "server"]


def test_folders_are_those_with_code_in_them():
    assert folders("tests/docs") == ["tests/docs"]


def test_what_a_file_defines_is_told_with_the_class_around_it():
    found = defined_in("model/sat2sound/codebook.py")
    assert {"LIKELY_SUPPORT", "Codebook", "Codebook.forward", "Embedding.vector", "sparsemax"} <= found
    assert "forward" not in found


def test_where_a_name_is_defined_is_found_by_its_last_part():
    assert "model/sat2sound/sat2sound.py" in where_defined("Earshot.embed_images")
    assert where_defined("no_such_name") == []
