import numpy as np
import pytest
import soundfile
import torch

from model.errors import GalleryError
from model.gallery import Gallery, build_gallery
from model.gallery.entry import rendered
from model.sat2sound import ModelConfig, Sat2Sound
from model.sat2sound.features import SAMPLE_RATE, ten_seconds
from model.scenes.captions import read_captions

HEADER = "id,text,path,lat,lon,licence,foley,seed,seconds\n"
SAID = "said,waves on a beach,,0.5,-0.5,CC0-1.0,,,\n"
HEARD = "heard,a hiss,noise.flac,,,CC-BY-4.0,,,\n"
FOLEY = "foley,,,,,CC0-1.0,wind in the trees,3,1.5\n"


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    return Sat2Sound(ModelConfig.tiny())


def table(folder, rows):
    (folder / "gallery.csv").write_text(HEADER + rows)
    return folder


def test_a_folder_becomes_a_gallery_of_captions_and_recordings(folder, tmp_path, model):
    report = build_gallery(table(folder, SAID + HEARD + FOLEY), tmp_path / "out", model)
    assert (report.captions, report.recordings, report.skipped) == (1, 2, ())
    gallery = Gallery.open(report.path)
    gallery.check_checkpoint(model.checkpoint_hash)
    assert gallery.dim == model.config.dim
    assert gallery.entry("heard").seconds == 1.0
    assert gallery.entry("foley").seconds == 1.5
    assert gallery.audio("foley").seconds == pytest.approx(1.5)


def test_every_entry_lies_where_the_model_puts_it(folder, tmp_path, model):
    gallery = Gallery.open(build_gallery(table(folder, SAID + HEARD + FOLEY), tmp_path / "out", model).path)
    noise, rate = soundfile.read(folder / "noise.flac", dtype="float32")
    with torch.inference_mode():
        said = model.embed_texts(["waves on a beach"]).vector
        heard = model.embed_audio(noise.mean(axis=1)[None], rate).vector
    scores, ids = gallery.nearest(said, 1)
    assert (ids[0, 0], scores[0, 0]) == ("said", pytest.approx(1, abs=1e-5))
    scores, ids = gallery.nearest(heard, 2, "recording")
    assert (ids[0, 0], scores[0, 0]) == ("heard", pytest.approx(1, abs=1e-5))


def test_a_sound_rendered_from_words_lies_between_the_sound_and_the_words(folder, tmp_path, model):
    gallery = Gallery.open(build_gallery(table(folder, SAID + HEARD + FOLEY), tmp_path / "out", model).path)
    clip = gallery.audio("foley")
    with torch.inference_mode():
        sound = model.embed_audio(ten_seconds(clip.samples.mean(axis=0), clip.sample_rate), SAMPLE_RATE)
        words = model.embed_texts([gallery.entry("foley").foley])
    scores, ids = gallery.nearest(sound.vector + words.vector, 1, "recording")
    assert (ids[0, 0], scores[0, 0]) == ("foley", pytest.approx(1, abs=1e-5))
    weights = rendered(sound.weights, words.weights)
    together = rendered(sound.vector, words.vector)
    torch.testing.assert_close(together, weights @ model.codebook.concepts, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(weights.sum(dim=1), torch.ones(1))


def test_the_same_folder_gives_the_same_gallery(folder, tmp_path, model):
    table(folder, SAID + HEARD + FOLEY)
    first, second = (build_gallery(folder, tmp_path / name, model).path for name in ("first", "second"))
    for file in sorted(path.relative_to(first) for path in first.rglob("*.*")):
        assert (first / file).read_bytes() == (second / file).read_bytes(), file


def test_captions_handed_over_are_embedded_in_batches_with_progress(folder, tmp_path, model):
    told = []
    captions = read_captions()[:100]
    report = build_gallery(
        table(folder, SAID + HEARD), tmp_path / "out", model, captions=captions, progress=lambda *at: told.append(at)
    )
    assert report.captions == 101
    assert told == [(64, 102), (101, 102), (102, 102)]
    assert Gallery.open(report.path).entry(captions[7].id).scene == captions[7].scene


def test_files_and_rows_that_cannot_be_used_are_left_out_by_name(folder, tmp_path, model):
    (folder / "broken.ogg").write_bytes(b"OggS nothing")
    soundfile.write(folder / "silent.wav", np.zeros(16_000), 16_000)
    (tmp_path / "secret.flac").write_bytes((folder / "noise.flac").read_bytes())
    bad = "".join(f"{name},x,{path},,,CC0-1.0,,,\n" for name, path in [
        ("b1", "broken.ogg"), ("b2", "silent.wav"), ("b3", "../secret.flac"), ("b4", "absent.ogg")
    ])  # fmt: skip
    report = build_gallery(table(folder, bad + HEARD + "b5,x,,95,0,CC0-1.0,,,\n"), tmp_path / "out", model)
    assert (report.captions, report.recordings) == (0, 1)
    assert {skip.where: skip.reason.split(": ")[-1] for skip in report.skipped if skip.where != "b1"} == {
        "gallery.csv, line 7": "lat must be a number from -90 to 90, not '95'",
        "b2": "is silent",
        "b3": "leads out of the folder",
        "b4": "no such file",
    }
    assert any(
        skip.where == "b1" and "broken.ogg: cannot be decoded as sound" in skip.reason for skip in report.skipped
    )


@pytest.mark.parametrize("rows", ["", "b,x,absent.ogg,,,CC0-1.0,,,\n"])
def test_a_build_of_which_nothing_remains_is_an_error_and_writes_nothing(folder, tmp_path, model, rows):
    with pytest.raises(GalleryError, match="nothing could be embedded"):
        build_gallery(table(folder, rows), tmp_path / "out", model)
    assert not (tmp_path / "out").exists()


def test_a_place_that_is_taken_is_refused_before_any_work(folder, tmp_path, model):
    with pytest.raises(GalleryError, match="is there already and is no gallery"):
        build_gallery(table(folder, SAID), folder, model)


def test_a_folder_of_recordings_builds_with_captions_and_its_parts_play_what_was_marked(tmp_path, model):
    source = tmp_path / "field"
    source.mkdir()
    time = np.arange(4 * 16_000) / 16_000
    soundfile.write(source / "dawn.wav", 0.3 * np.sin(2 * np.pi * np.where(time < 2, 400, 2000) * time), 16_000)
    (source / "dawn.Table.1.selections.txt").write_text(
        "Selection\tView\tChannel\tBegin Time (s)\tEnd Time (s)\tAnnotation\n"
        "1\tWaveform 1\t1\t2.5\t3.25\twhistle\n1\tSpectrogram 1\t1\t2.5\t3.25\twhistle\n"
    )
    report = build_gallery(source, tmp_path / "out", model, fallback=read_captions()[:3], licence="CC0-1.0")
    assert (report.captions, report.recordings, report.skipped) == (3, 2, ())
    gallery = Gallery.open(report.path, thorough=True)
    part = gallery.entry("dawn_2.5-3.25")
    assert (part.text, part.title, part.seconds) == ("whistle", "whistle (dawn.wav, 2.5–3.25 s)", 0.75)
    assert (part.path, part.start, part.end, part.licence) == ("audio/dawn_2.5-3.25.flac", None, None, "CC0-1.0")
    clip = gallery.audio(part.id)
    spectrum = np.abs(np.fft.rfft(clip.samples[0]))
    assert (clip.seconds, np.argmax(spectrum) * 16_000 / clip.samples.shape[1]) == (0.75, pytest.approx(2000, abs=2))
    assert gallery.entry("dawn").seconds == 4.0
    assert gallery.audio("dawn").seconds == 4.0


def test_a_table_may_mean_parts_of_a_file(folder, tmp_path, model):
    (folder / "gallery.csv").write_text(
        "id,text,path,start,end,licence\na,hiss,noise.flac,0.25,0.75,CC0-1.0\nb,end,noise.flac,0.5,,CC0-1.0\n"
        "c,behind,noise.flac,2,3,CC0-1.0\n"
    )
    report = build_gallery(folder, tmp_path / "out", model)
    assert [(skip.where, skip.reason) for skip in report.skipped] == [("c", "noise.flac: holds no sound behind 2 s")]
    gallery = Gallery.open(report.path)
    noise, _ = soundfile.read(folder / "noise.flac")
    np.testing.assert_allclose(gallery.audio("a").samples.T, noise[4000:12000], atol=1e-6)
    assert (gallery.entry("a").seconds, gallery.entry("b").seconds) == (0.5, 0.5)
