"""What of the galleries is nearest to a place: with words, source and licence, under ids and paths that lead back."""

from dataclasses import replace

import numpy as np
import pytest

from model.gallery import GalleryShelf
from server.soundscape.matches import Matches


@pytest.fixture(scope="module")
def vector(earshot):
    return np.random.default_rng(5).normal(size=earshot.model.config.dim).astype(np.float32)


def test_the_k_nearest_captions_come_best_first_with_their_scene_and_gallery(earshot, vector):
    matches = Matches(earshot.gallery, 10.0, False, "")
    found, sure = matches.captions(vector, 4, 1)
    scores, ids = earshot.gallery.galleries["gallery"].nearest(vector[None], 4, "caption", scale=1)
    assert [(match.id, match.score) for match in found] == list(zip(ids[0].tolist(), scores[0].tolist(), strict=True))
    for match in found:
        entry = earshot.gallery.entry(match.id)
        assert (match.text, match.scene, match.gallery) == (entry.text, entry.scene, "gallery")
    assert 0 < sure <= 1


def test_more_than_there_are_is_all_there_are(earshot, vector):
    matches = Matches(earshot.gallery, 10.0, False, "")
    assert len(matches.captions(vector, 50, 1)[0]) == 6
    assert len(matches.recordings(vector, 50)) == 2


def test_a_recording_says_whose_it_is_and_where_it_is_heard(earshot, vector):
    for match in Matches(earshot.gallery, 10.0, False, "https://ear/at").recordings(vector, 2):
        entry = earshot.gallery.entry(match.id)
        assert (match.author, match.licence, match.seconds) == ("Bo", "CC-BY-4.0", 1.5)
        assert match.title == entry.text
        assert match.url == f"https://ear/at/gallery/{match.id}/audio"
        assert match.peaks == f"https://ear/at/gallery/{match.id}/peaks"


def test_without_scenes_nothing_is_sure(earshot, vector, monkeypatch):
    bare = GalleryShelf(earshot.gallery.galleries)
    numbered = GalleryShelf.numbered

    def without_scenes(self, numbers):
        return [(name, replace(entry, scene="")) for name, entry in numbered(self, numbers)]

    monkeypatch.setattr(GalleryShelf, "numbered", without_scenes)
    found, sure = Matches(bare, 10.0, False, "").captions(vector, 2, 1)
    assert sure is None
    assert [match.scene for match in found] == [None, None]


def test_of_galleries_side_by_side_each_match_names_its_own(earshot, vector):
    one = earshot.gallery.galleries["gallery"]
    both = Matches(GalleryShelf({"mine": one, "yours": one}), 10.0, False, "")
    found, _ = both.captions(vector, 4, 1)
    assert {match.gallery for match in found} == {"mine", "yours"}
    assert {match.id.startswith("yours~") for match in found if match.gallery == "yours"} == {True}
    assert len({match.id for match in found}) == 4
