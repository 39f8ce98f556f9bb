"""No page of the documentation names a file that is not there."""

import pytest

from tests.docs.mentions import LINK, PAGES, benchmarks_in, exists, paths_in, tree_in


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_path_a_page_names_exists(page):
    text = page.read_text(encoding="utf-8")
    named = [*paths_in(text), *benchmarks_in(text)]
    assert [path for path in named if not exists(path)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_from_page_to_page_leads_somewhere(page):
    links = LINK.findall(page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_readme_leads_to_every_other_page():
    readme, *pages = PAGES
    links = LINK.findall(readme.read_text(encoding="utf-8"))
    assert sorted({f"docs/{page.name}" for page in pages} - set(links)) == []


def test_the_readmes_tree_is_there():
    assert [path for path in tree_in(PAGES[0].read_text(encoding="utf-8")) if not exists(path)] == []
