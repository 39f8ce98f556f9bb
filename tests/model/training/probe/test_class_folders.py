"""A folder a class, and a split in which every class is on both sides."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.errors import TrainingError
from model.training.probe.class_folders import LabelledFile, divide, read_class_folders
from tests.model.training.probe.conftest import COLOURS, draw, whistle


@pytest.mark.parametrize("share", [0.01, 0.2, 0.5, 0.99])
def test_every_class_is_on_both_sides_of_a_split_and_no_row_on_both(images, share):
    files = read_class_folders(images).files
    split = divide(files, share, seed=0)
    assert {files[i].label for i in split.train} == {files[i].label for i in split.test} == set(COLOURS)
    assert sorted(split.train + split.test) == list(range(len(files)))


def test_a_class_may_be_called_train(tmp_path, rng):
    for label in ("train", "tram"):
        whistle(tmp_path / label / "0.flac", 500, rng)
    assert {file.label for file in read_class_folders(tmp_path).files} == {"train", "tram"}


def test_train_without_test_is_refused(tmp_path, rng):
    draw(tmp_path / "train" / "sand" / "0.png", COLOURS["sand"], rng)
    with pytest.raises(TrainingError, match="no test/"):
        read_class_folders(tmp_path)


def test_a_limit_keeps_that_many_of_each_class(images):
    files = read_class_folders(images, limit=4, seed=7).files
    assert [file.label for file in files] == sorted([*COLOURS] * 4)
    assert len({file.path for file in files}) == 12
    assert read_class_folders(images, limit=4, seed=8).files != files


def test_rows_of_a_told_split_stay_where_they_were(tmp_path):
    files = [LabelledFile(tmp_path / f"{i}", label, part) for i, (label, part) in enumerate(
        [("a", "train"), ("b", "test"), ("a", "test"), ("b", "train")]
    )]  # fmt: skip
    split = divide(files, 0.5, seed=0)
    assert (sorted(split.train), sorted(split.test)) == ([0, 3], [1, 2])


def touch(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")


def files(**counts):
    return [LabelledFile(f"{label}{n}", label) for label, count in counts.items() for n in range(count)]


def test_files_come_in_order_of_class_and_name(tmp_path):
    touch(tmp_path, "b/2.png", "b/1.PNG", "a/x.jpeg", "a/.hidden.png", ".git/y.png", "notes.txt", "a/deep/z.png")
    data = read_class_folders(tmp_path)
    assert data.modality == "image"
    assert [str(file.path.relative_to(tmp_path)) for file in data.files] == ["a/x.jpeg", "b/1.PNG", "b/2.png"]
    assert [file.label for file in data.files] == ["a", "b", "b"]


@pytest.mark.parametrize(("name", "modality"), [("x.wav", "audio"), ("x.flac", "audio"), ("x.tif", "image")])
def test_the_modality_is_that_of_the_files(tmp_path, name, modality):
    touch(tmp_path, f"a/{name}")
    assert read_class_folders(tmp_path).modality == modality


def test_a_told_modality_leaves_the_others_out(tmp_path):
    touch(tmp_path, "a/x.wav", "a/x.png")
    assert [file.path.suffix for file in read_class_folders(tmp_path, "audio").files] == [".wav"]
    with pytest.raises(TrainingError, match="say which with --modality"):
        read_class_folders(tmp_path)


@pytest.mark.parametrize(("names", "words"), [((), "no folders of images"), (("a/x.txt",), "no folders of images")])
def test_a_folder_without_anything_to_probe_is_refused(tmp_path, names, words):
    touch(tmp_path, *names)
    with pytest.raises(TrainingError, match=words):
        read_class_folders(tmp_path)


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(TrainingError, match="no such folder"):
        read_class_folders(tmp_path / "gone")


@pytest.mark.parametrize("limit", [0, -3])
def test_a_limit_below_one_is_refused(tmp_path, limit):
    touch(tmp_path, "a/x.png")
    with pytest.raises(TrainingError, match="less than 1"):
        read_class_folders(tmp_path, limit=limit)


@given(
    st.dictionaries(st.sampled_from("abcd"), st.integers(2, 9), min_size=2), st.floats(0.05, 0.95), st.integers(0, 9)
)
def test_every_row_of_a_class_is_on_one_side_and_each_side_has_one(counts, share, seed):
    labelled = files(**counts)
    division = divide(labelled, share, seed)
    assert sorted(division.train + division.test) == list(range(len(labelled)))
    for side in (division.train, division.test):
        assert {labelled[i].label for i in side} == set(counts)


def test_a_split_is_the_same_for_the_same_seed():
    labelled = files(a=9, b=9)
    assert divide(labelled, 0.3, 1) == divide(labelled, 0.3, 1)
    assert divide(labelled, 0.3, 1) != divide(labelled, 0.3, 2)


def test_a_class_of_one_is_left_out_with_its_reason():
    assert divide(files(a=2, b=2, c=1), 0.5, 0).left_out == {"c": "only one usable sample"}


def test_a_class_missing_from_one_part_is_left_out_with_the_part():
    told = [LabelledFile(str(n), label, part) for n, (label, part) in enumerate(
        [("a", "train"), ("a", "test"), ("b", "train"), ("b", "test"), ("c", "train"), ("d", "test")])]  # fmt: skip
    assert divide(told, 0.5, 0).left_out == {"c": "no usable sample in test/", "d": "no usable sample in train/"}


def test_fewer_than_two_classes_are_refused_with_the_reasons():
    with pytest.raises(TrainingError, match=r"at least two classes.*b: only one usable sample"):
        divide(files(a=3, b=1), 0.5, 0)
    with pytest.raises(TrainingError, match="there is only one"):
        divide(files(a=3), 0.5, 0)
