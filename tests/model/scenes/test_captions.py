import csv
from collections import Counter
from pathlib import Path

import pytest

from model.errors import TrainingError
from model.scenes.captions import MAX_TEXT, SCENES, read_captions, read_scene_map, read_sound_captions

SHARED = Path(__file__).parents[3] / "../shared/data"
HEADER = "id,scene,voice,text,licence\n"
ROW = "sea-i01,sea,image,waves far out,CC0-1.0\n"


def write(folder: Path, text: str) -> Path:
    path = folder / "table.csv"
    path.write_text(text, encoding="utf-8")
    return path


def labels(table: str, *columns: str) -> set[tuple[str, ...]]:
    path = SHARED / table
    if not path.exists():
        pytest.skip(f"{path} is absent")
    with path.open(newline="") as file:
        return {tuple(row[column] for column in columns) for row in csv.DictReader(file)}


def test_caption_ids_are_unique_and_begin_with_their_scene():
    captions = read_captions()
    assert len({caption.id for caption in captions}) == len(captions)
    assert all(caption.id.startswith(f"{caption.scene}-{caption.voice[0]}") for caption in captions)


def test_every_scene_has_37_image_captions_and_25_audio_captions():
    count = Counter((caption.scene, caption.voice) for caption in read_captions())
    assert {scene for scene, _ in count} == set(SCENES)
    for scene in SCENES:
        assert count[scene, "image"] >= 37
        assert count[scene, "audio"] >= 25


def test_no_two_captions_say_the_same():
    texts = [caption.text.casefold().rstrip(".") for caption in read_captions()]
    texts += [caption.text.casefold().rstrip(".") for caption in read_sound_captions()]
    assert [text for text, times in Counter(texts).items() if times > 1] == []


def test_captions_keep_the_length_of_their_voice():
    for caption in read_captions():
        low, high = (5, 40) if caption.voice == "image" else (3, 14)
        assert low <= len(caption.text.split()) <= high, caption.id


def test_every_caption_may_be_passed_on():
    assert {caption.licence for caption in read_captions()} == {"CC0-1.0"}


def test_every_mapped_scene_has_captions():
    scenes = {caption.scene for caption in read_captions()}
    assert {scene for mapped in read_scene_map().values() for scene in mapped} <= scenes


def test_no_label_names_a_scene_twice():
    assert all(len(set(mapped)) == len(mapped) for mapped in read_scene_map().values())


def test_every_label_of_the_image_sets_is_mapped():
    assert labels("images/metadata.csv", "dataset", "scene") <= read_scene_map().keys()


def test_every_training_image_has_a_scene():
    mapped = read_scene_map()
    assert all(mapped[label] for label in mapped if label[0] in {"eurosat", "ucm", "null-island", "recordings"})


def test_every_sound_of_the_recordings_is_mapped_and_described_sixteen_times():
    sounds = {sound for (sound,) in labels("recordings/metadata.csv", "sound")}
    count = Counter(caption.sound for caption in read_sound_captions())
    assert sounds <= {label for dataset, label in read_scene_map() if dataset == "recordings"}
    assert all(count[sound] >= 16 for sound in sounds)


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        ("sea-i01,ocean,image,waves,CC0-1.0\n", "'ocean' is not a scene"),
        ("sea-i01,sea,spoken,waves,CC0-1.0\n", "voice must be image or audio"),
        ("sea-i01,sea,image,,CC0-1.0\n", "text must have"),
        (f"sea-i01,sea,image,{'w' * (MAX_TEXT + 1)},CC0-1.0\n", "text must have"),
        ("sea-i01,sea,image,waves\n", "a row has 5 values"),
        ("sea-i01,sea,image,waves,CC0-1.0,more\n", "a row has 5 values"),
    ],
)
def test_a_bad_caption_is_refused_with_its_file_and_line(tmp_path, rows, complaint):
    path = write(tmp_path, HEADER + "sea-i00,sea,image,swell,CC0-1.0\n" + rows)
    with pytest.raises(TrainingError, match=complaint) as refusal:
        read_captions(path)
    assert str(refusal.value).startswith(f"{path}, line 3")


def test_a_repeated_id_is_refused(tmp_path):
    with pytest.raises(TrainingError, match="line 3: the id 'sea-i01' is used twice"):
        read_captions(write(tmp_path, HEADER + ROW + ROW))


@pytest.mark.parametrize("reader", [read_captions, read_scene_map, read_sound_captions])
@pytest.mark.parametrize("content", ["", "id,text\n", ROW])
def test_a_table_with_other_columns_is_refused(tmp_path, reader, content):
    with pytest.raises(TrainingError, match="the columns must be"):
        reader(write(tmp_path, content))


@pytest.mark.parametrize("reader", [read_captions, read_scene_map, read_sound_captions])
def test_a_missing_table_is_named(tmp_path, reader):
    with pytest.raises(TrainingError, match=r"nowhere\.csv: cannot be read"):
        reader(tmp_path / "nowhere.csv")


def test_a_table_that_is_no_text_is_named(tmp_path):
    path = tmp_path / "noise.csv"
    path.write_bytes(b"\xff\xfe\x00noise")
    with pytest.raises(TrainingError, match=r"noise\.csv: cannot be read"):
        read_captions(path)


def test_a_label_without_scenes_is_kept_as_not_scored(tmp_path):
    path = write(tmp_path, "dataset,label,scenes\naid,Park,\naid,Pond,lake|river\n")
    assert read_scene_map(path) == {("aid", "Park"): (), ("aid", "Pond"): ("lake", "river")}


def test_a_label_mapped_twice_or_to_an_unknown_scene_is_refused(tmp_path):
    with pytest.raises(TrainingError, match="line 3: aid Park is mapped twice"):
        read_scene_map(write(tmp_path, "dataset,label,scenes\naid,Park,\naid,Park,lake\n"))
    with pytest.raises(TrainingError, match="line 2: 'pond' is not a scene"):
        read_scene_map(write(tmp_path, "dataset,label,scenes\naid,Park,lake|pond\n"))


def test_a_sound_in_an_unknown_voice_is_refused(tmp_path):
    with pytest.raises(TrainingError, match="line 2: voice"):
        read_sound_captions(write(tmp_path, "sound,voice,text\ndog,loud,a dog barks\n"))
