"""The country is built once, by whoever comes first, and everybody has the same."""

from concurrent.futures import ThreadPoolExecutor

from tiles.imagery.null_island import geography as module
from tiles.imagery.null_island.geography import geography


def test_all_who_ask_share_one_country():
    assert geography() is geography()


def test_eight_who_ask_at_once_have_it_built_once(monkeypatch):
    built = []

    def counted():
        built.append(len(built))
        return real()

    real = module.build_terrain
    monkeypatch.setattr(module, "build_terrain", counted)
    module._build.cache_clear()
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: geography(), range(8)))
    assert len(built) == 1
    assert all(land is found[0] for land in found)


def test_it_has_all_that_the_survey_looks_for():
    land = geography()
    assert len(land.lakes) > 0
    assert len(land.settlements.towns) > 0
    assert (land.rivers.reach, land.motorways.reach) == (450.0, 300.0)
    assert len(land.rivers.start) > 0
    assert len(land.motorways.start) > 0
