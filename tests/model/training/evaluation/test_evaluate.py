"""An evaluation ranks what it embedded, in every composition and with every subset of metadata it was asked for."""

import json
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
import torch
from PIL import Image
from rich.console import Console
from scipy.stats import rankdata

from model.baselines.encoders import Sat2SoundEncoders, open_encoders
from model.baselines.pairs import IMAGERIES, PairedRow
from model.baselines.soundingearth import SoundingEarth, SoundingEarthSizes, save_soundingearth
from model.errors import CheckpointError, TrainingError
from model.sat2sound import Metadata, ModelConfig, Sat2Sound, centre_crop, image_tensor, save_checkpoint
from model.sat2sound.config import METADATA_FIELDS
from model.training.dataset.paired_data import open_paired
from model.training.evaluation.evaluate import evaluate
from model.training.evaluation.retrieval import retrieval_scores, vector_ranks
from model.training.evaluation.table import tables

ALONE = [(field,) for field in METADATA_FIELDS]


class Directions:
    """Encoders whose vectors are written down: rows 0..n-1 by their id, so that every figure can be worked by hand."""

    name = "directions"
    scales = (1, 3, 5)
    metadata_fields: tuple[str, ...] = ()

    def __init__(self, image, audio, audio_caption=None, image_caption=None) -> None:
        self.image, self.audio, self.audio_caption, self.image_caption = image, audio, audio_caption, image_caption

    def embed_images(self, rows, scale, fields):
        return self._of(self.image, rows)

    def embed_audio(self, rows):
        return self._of(self.audio, rows)

    def embed_audio_captions(self, rows):
        return None if self.audio_caption is None else self._of(self.audio_caption, rows)

    def embed_image_captions(self, rows, scale):
        assert all(scale in row.image_captions for row in rows)
        return None if self.image_caption is None else self._of(self.image_caption, rows)

    @staticmethod
    def _of(vectors, rows):
        return torch.from_numpy(vectors[[int(row.id.split("-")[1]) for row in rows]]).float()


@pytest.fixture(autouse=True)
def small_tiles(monkeypatch):
    """Imagery of which pictures of 96 pixels fill the crops of every scale."""
    monkeypatch.setitem(IMAGERIES, "bingmap", replace(IMAGERIES["bingmap"], tile_pixels=19))


@pytest.fixture
def data(csv_folder):
    return open_paired(str(csv_folder), "test", "bingmap")


@pytest.fixture
def mean_rank_of():
    def rank(queries, gallery) -> np.ndarray:
        similarities = queries @ gallery.T
        return np.array([rankdata(-row)[n] for n, row in enumerate(similarities)])

    return rank


def test_vectors_written_down_give_the_ranks_worked_by_hand(data):
    # Image n points at 0.6 n (n + 1) degrees, each further from the last; recordings 0 and 1 changed places.
    angle = np.radians([0.6 * n * (n + 1) for n in range(12)])
    image = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    audio = image[[1, 0, *range(2, 12)]]
    found = evaluate(Directions(image, 3 * audio), data, scales=[1])
    (line,) = found.audio
    # Queries 0 and 1 find each other's recording first and their own, 1.2 degrees off, second: before recording 2,
    # which is 2.4 degrees from image 1. The others find their own first. Of 12, only ranks below 1.2 count.
    assert line.i2a.median_rank == line.a2i.median_rank == 1.0
    assert line.i2a.recall_10_percent == line.a2i.recall_10_percent == pytest.approx(10 / 12)
    assert line.i2a.recall_100 == 1.0
    assert (line.composed, line.metadata, line.scale, line.i2a.queries) == ("none", (), 1, 12)
    assert found.text == found.ablation == ()


def test_captions_are_added_to_recordings_or_to_the_query_and_lengths_are_made_one_again(data, mean_rank_of):
    rng = np.random.default_rng(0)
    i, a, c, t = (rng.normal(size=(12, 6)) * rng.uniform(0.1, 9, (12, 1)) for _ in range(4))

    def unit(x):
        return x / np.linalg.norm(x, axis=1, keepdims=True)

    found = evaluate(Directions(i, a, c, t), data, scales=[5])
    spoken, captioned = unit(unit(a) + unit(c)), unit(unit(i) + unit(c))
    queries = {
        "none": ((unit(i), unit(a)), (unit(a), unit(i))),
        "audio": ((unit(i), spoken), (spoken, unit(i))),
        "query": ((captioned, unit(a)), (spoken, unit(i))),
    }
    assert [line.composed for line in found.audio] == list(queries)
    for line in found.audio:
        for scores, pair in zip((line.i2a, line.a2i), queries[line.composed], strict=True):
            rank = mean_rank_of(*pair)
            assert scores.median_rank == np.median(rank)
            assert scores.recall_10_percent == pytest.approx(np.mean(rank < 1.2))
    seen, heard = found.text
    rows = [n for n in range(12) if n not in (3, 4)]  # these have no caption of the image
    assert (seen.caption, seen.i2t.queries, heard.caption, heard.i2t.queries) == ("image", 10, "audio", 12)
    assert seen.i2t.median_rank == np.median(mean_rank_of(unit(i)[rows], unit(t)[rows]))
    assert seen.t2i.median_rank == np.median(mean_rank_of(unit(t)[rows], unit(i)[rows]))
    assert heard.t2i.median_rank == np.median(mean_rank_of(unit(c), unit(i)))


def test_sat2sound_sees_the_centre_of_the_tile_at_its_scale_and_only_the_metadata_it_is_told(tiny, data):
    rows = list(islice(data, 6))
    encoders = Sat2SoundEncoders(tiny, data.imagery)
    crops = [image_tensor(centre_crop(row.image, 3 * 19), 32) for row in rows]
    gsd = 3 * 19 * 0.6 / 64
    place = Metadata(latitude=[row.latitude for row in rows], longitude=[row.longitude for row in rows])
    expected = tiny.embed_images(torch.stack(crops), gsd, place).vector
    assert torch.allclose(encoders.embed_images(rows, 3, ("latlong",)), expected, atol=1e-6)
    everything = Metadata(
        *(
            [getattr(row, name) for row in rows]
            for name in ("latitude", "longitude", "month", "hour", "audio_source", "caption_source")
        )
    )
    expected = tiny.embed_images(torch.stack(crops), gsd, everything).vector
    assert torch.allclose(encoders.embed_images(rows, 3, METADATA_FIELDS), expected, atol=1e-6)
    assert not torch.allclose(encoders.embed_images(rows, 3, ()), expected, atol=1e-4)
    mels = torch.stack([row.log_mel[0] for row in rows])
    assert torch.allclose(encoders.embed_audio(rows), tiny.embed_log_mel(mels).vector, atol=1e-6)


def test_the_first_clip_is_heard(tiny, data):
    (row,) = islice(data, 1)
    other = torch.full_like(row.log_mel, -20.0)
    several = PairedRow(row.id, row.image, torch.cat([row.log_mel, other]), "a", {})
    encoders = Sat2SoundEncoders(tiny, data.imagery)
    assert torch.equal(encoders.embed_audio([several]), encoders.embed_audio([row]))


def test_sat2sound_is_evaluated_at_every_scale_with_tables_6_and_7(tiny, data):
    seen = []
    found = evaluate(Sat2SoundEncoders(tiny, data.imagery), data, None, ablate_metadata=True, progress=seen.append)
    assert (found.name, found.imagery, found.rows, found.skipped, seen) == ("tiny", "bingmap", 12, (), [12])
    assert [(line.scale, line.composed) for line in found.audio] == [
        (scale, composed) for scale in (1, 3, 5) for composed in ("none", "audio", "query")
    ]
    assert [(line.scale, line.caption) for line in found.text] == [
        (scale, caption) for scale in (1, 3, 5) for caption in ("image", "audio")
    ]
    assert all(line.metadata == METADATA_FIELDS for line in (*found.audio, *found.text))
    assert [line.metadata for line in found.ablation] == [
        *ALONE,
        ("audio_source", "time"),
        ("audio_source", "latlong", "time"),
        ("audio_source", "latlong", "month", "time"),
        METADATA_FIELDS,
    ]
    assert found.ablation[-1] == found.audio[0]
    ranks = {line.i2a.median_rank for line in found.ablation}
    assert len(ranks) > 1  # what is told matters to where a query ranks


def test_an_evaluation_is_the_same_every_time(tiny, data):
    encoders = Sat2SoundEncoders(tiny, data.imagery)
    assert evaluate(encoders, data, [1]) == evaluate(encoders, data, [1])


def test_a_limit_ends_the_reading_and_rows_left_out_are_reported(tiny, csv_folder):
    (csv_folder / "1.png").write_bytes(b"no image")
    (csv_folder / "9.png").write_bytes(b"no image")
    data = open_paired(str(csv_folder), "test", "bingmap")
    found = evaluate(Sat2SoundEncoders(tiny, data.imagery), data, [1], limit=5)
    assert found.rows == 5
    assert [line[:14] for line in found.skipped] == ["row 1 (yfcc-1)"]


def narrow(folder, rows, side):
    """Cut the pictures of some rows down."""
    for n in rows:
        with Image.open(folder / f"{n}.png") as picture:
            picture.crop((0, 0, side, side)).save(folder / f"{n}.png")
    return open_paired(str(folder), "test", "bingmap")


def test_rows_whose_pictures_do_not_reach_a_scale_are_left_out_there_and_counted(csv_folder):
    data = narrow(csv_folder, (0, 4, 7), 45)  # most of 3 x 19, not half of 5 x 19
    angle = np.radians([0.6 * n * (n + 1) for n in range(12)])
    vectors = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    found = evaluate(Directions(vectors, vectors, vectors, vectors), data)
    queries = {(line.scale, line.composed): line.i2a.queries for line in found.audio}
    assert queries == {(s, how): 9 if s == 5 else 12 for s in (1, 3, 5) for how in ("none", "audio", "query")}
    assert {line.i2a.median_rank for line in found.audio} == {1.0}
    assert {(line.scale, line.caption): line.i2t.queries for line in found.text} == {
        **{(1, "image"): 10, (1, "audio"): 12, (3, "image"): 10, (3, "audio"): 12, (5, "image"): 8, (5, "audio"): 9}
    }
    assert {line.i2t.median_rank for line in found.text} == {1.0}
    assert found.notes == (
        "scale 5: 3 of 12 rows were left out: their images fill less than half of 95 x 95 pixels",
        "scale 5: R@10% of 9 rows is always 0; it takes 11",
    )


def test_a_scale_that_no_picture_reaches_is_told_and_has_no_figures(csv_folder, tiny):
    data = narrow(csv_folder, range(12), 17)
    found = evaluate(Sat2SoundEncoders(tiny, data.imagery), data)
    assert {line.scale for line in (*found.audio, *found.text)} == {1}
    assert [note[:31] for note in found.notes] == [f"scale {s}: all rows were left out" for s in (3, 5)]
    with pytest.raises(TrainingError, match=r"scale 3: all rows were left out: .* 57 x 57 pixels; scale 5: all"):
        evaluate(Sat2SoundEncoders(tiny, data.imagery), data, [3, 5], ablate_metadata=True)


def test_what_cannot_be_evaluated_is_refused(tiny, data, csv_folder):
    encoders = Sat2SoundEncoders(tiny, data.imagery)
    with pytest.raises(TrainingError, match="scale 2: bingmap images have 1, 3, 5"):
        evaluate(encoders, data, [1, 2])
    with pytest.raises(TrainingError, match="scale"):
        evaluate(encoders, data, [])
    with pytest.raises(TrainingError, match="1 usable rows"):
        evaluate(encoders, data, [1], limit=1)
    plain = Sat2SoundEncoders(Sat2Sound(ModelConfig.tiny()).eval(), data.imagery)
    with pytest.raises(TrainingError, match="without metadata"):
        evaluate(plain, data, [1], ablate_metadata=True)
    for picture in csv_folder.glob("*.png"):
        picture.unlink()
    with pytest.raises(TrainingError, match=r"0 usable rows.*12 skipped: row 0 \(yfcc-0\): bingmap_image: 0.png"):
        evaluate(encoders, open_paired(str(csv_folder), "test", "bingmap"), [1])


def test_the_report_is_json_and_tables_like_the_papers(tiny, data):
    found = evaluate(Sat2SoundEncoders(tiny, data.imagery), data, [1], ablate_metadata=True)
    told = json.loads(json.dumps(found.to_dict()))
    assert told["audio"][0]["i2a"]["median_rank"] == found.audio[0].i2a.median_rank
    assert told["ablation"][0]["metadata"] == ["audio_source"]
    console = Console(record=True, width=160)
    for table in tables(found):
        console.print(table)
    text = console.export_text()
    for word in ("Scale", "Composed", "I2A-R@10%", "A2I-MR", "I2T-R@10%", "query", "audio_source, time"):
        assert word in text
    assert f"{found.audio[0].i2a.recall_10_percent:.3f}" in text


def test_a_model_without_metadata_is_told_none(data):
    torch.manual_seed(1)
    plain = Sat2Sound(ModelConfig.tiny()).eval()
    found = evaluate(Sat2SoundEncoders(plain, data.imagery), data, [1])
    assert {line.metadata for line in found.audio} == {()}


def test_the_soundingearth_baseline_is_evaluated_by_its_checkpoint_alone(tmp_path, data):
    sizes = SoundingEarthSizes(name="baseline", width=2, dim=8, image_size=32, bands=32, tile_pixels=64)
    torch.manual_seed(0)
    model = SoundingEarth(sizes).eval()
    save_soundingearth(model, tmp_path / "baseline.safetensors")
    found = evaluate(open_encoders(tmp_path / "baseline.safetensors", data.imagery), data)
    (line,) = found.audio  # it was trained at one scale and reads no captions
    assert (found.name, found.text, line.scale, line.metadata) == ("baseline", (), 1, ())
    rows = list(data)
    rank = vector_ranks(model.embed_images(rows, 1, ()), model.embed_audio(rows))
    assert line.i2a == retrieval_scores(rank)


def test_checkpoints_are_opened_as_what_their_header_says(tmp_path, tiny):
    save_checkpoint(tiny, tmp_path / "tiny.safetensors")
    encoders = open_encoders(tmp_path / "tiny.safetensors", IMAGERIES["bingmap"])
    assert isinstance(encoders, Sat2SoundEncoders)
    assert (encoders.name, encoders.scales, encoders.metadata_fields) == ("tiny", (1, 3, 5), METADATA_FIELDS)
    (tmp_path / "text.safetensors").write_text("no tensors")
    with pytest.raises(CheckpointError, match=r"text\.safetensors"):
        open_encoders(tmp_path / "text.safetensors", IMAGERIES["bingmap"])
    with pytest.raises(CheckpointError, match="no such checkpoint"):
        open_encoders("nowhere.safetensors", IMAGERIES["bingmap"])
