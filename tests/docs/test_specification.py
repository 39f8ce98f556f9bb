"""The specification holds every paragraph the code cites, and names modules that exist."""

import re

import pytest

from tests.docs.mentions import ROOT, exists, files, paths_in

SPECIFICATION = (ROOT / "docs/specification.md").read_text(encoding="utf-8")
PARAGRAPH = re.compile(r"^(?:#+ |- \*\*)§(T?\d+(?:\.\d+)?)(?= )", re.MULTILINE)
NUMBER = re.compile(r"§(T?\d+(?:\.\d+)?)")
CITATION = re.compile(r"specification\s+((?:§T?[\d.]*\d(?:, | and | to )?)+)")
CODE = [path for path in files() if path.suffix == ".py" and path.parts[:2] != ("tests", "docs")]


def cited(path):
    text = (ROOT / path).read_text(encoding="utf-8")
    return [number for citation in CITATION.findall(text) for number in NUMBER.findall(citation)]


CITING = {path.as_posix(): numbers for path in CODE if (numbers := cited(path))}


def test_the_code_cites_the_specification():
    assert len(CITING) > 20


@pytest.mark.parametrize("path", sorted(CITING))
def test_every_paragraph_the_code_cites_exists(path):
    assert sorted(set(CITING[path]) - set(PARAGRAPH.findall(SPECIFICATION))) == []


def test_every_paragraph_cited_within_exists():
    assert sorted(set(NUMBER.findall(SPECIFICATION)) - set(PARAGRAPH.findall(SPECIFICATION))) == []


def test_paragraphs_are_numbered_in_order_and_each_once():
    numbers = PARAGRAPH.findall(SPECIFICATION)
    order = [(number.startswith("T"), *map(int, number.removeprefix("T").split("."))) for number in numbers]
    assert order == sorted(set(order))


def test_tangoflux_is_told_in_the_second_part_and_cited_from_its_own_folder():
    for path, numbers in CITING.items():
        is_tangoflux = "/tangoflux/" in path
        assert {number.startswith("T") for number in numbers} == {is_tangoflux}, path


def test_every_paragraph_that_computes_names_the_module_that_does_it():
    parts = re.split(r"^(?=### §|- \*\*§)", SPECIFICATION, flags=re.MULTILINE)[1:]
    told = {PARAGRAPH.findall(part)[0]: list(paths_in(part)) for part in parts}
    assert {number for number, paths in told.items() if not paths} <= {"T1", "T3", "T4"}
    assert [path for paths in told.values() for path in paths if not exists(path)] == []


def test_every_module_that_cites_is_named_by_a_paragraph_it_cites():
    for path, numbers in CITING.items():
        if path.startswith("model/"):
            assert path in SPECIFICATION, (
                f"{path} cites §{', §'.join(numbers)}, where docs/specification.md does not name it"
            )
