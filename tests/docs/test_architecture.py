"""The page that a newcomer reads first is true: its tree is the tree, and every function it walks through exists."""

import re

import pytest

from tests.docs.mentions import PATH, ROOT, TICKED, defined_in, exists, folders, tree_in, where_defined

ARCHITECTURE = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
NAME = re.compile(r"[A-Za-z_]\w*(?:\.\w+)?")


def named_with_files():
    """Every file that the page names, each with the names that follow it up to the next file."""
    path = None
    for row in re.split(r"\n(?=\d\. |\||\n)", ARCHITECTURE):
        path = None
        for mention in TICKED.findall(row):
            if "/" in mention and PATH.fullmatch(mention):
                path = mention
            elif path is not None and NAME.fullmatch(mention):
                yield path, mention


NAMED = sorted(set(named_with_files()))


def test_the_walks_and_the_table_name_functions():
    assert len(NAMED) > 50


@pytest.mark.parametrize(("path", "name"), NAMED, ids=lambda part: part)
def test_every_name_is_defined_in_the_file_it_is_named_with(path, name):
    assert exists(path), f"docs/architecture.md: there is no {path}; {name} is defined in {where_defined(name)}"
    assert name in defined_in(path), f"docs/architecture.md: {path} defines no {name}; see {where_defined(name)}"


def test_every_folder_of_the_tree_exists():
    assert [path for path in tree_in(ARCHITECTURE) if not (ROOT / path).exists()] == []


def test_every_folder_with_code_has_a_line_in_the_tree():
    found = folders("model", "tiles", "server", "frontend/notebook", "frontend/web/src")
    drawn = {*tree_in(ARCHITECTURE)}
    assert [folder for folder in found if folder not in drawn] == []
