"""The lock says what was fetched; what is not what it says is named, with the command that helps."""

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from model.errors import NotPulled, PullError, UnknownModel
from model.registry import lock as module
from model.registry.lock import (
    LOCK,
    Lock,
    LockedFile,
    LockedModel,
    default_data_dir,
    locked,
    models_folder,
    pulled,
    record,
    sha256_of,
    update,
    verify,
)


@pytest.fixture
def ckpt(tmp_path) -> Path:
    path = tmp_path / "files" / "bingmap_withmeta.ckpt"
    path.parent.mkdir()
    path.write_bytes(b"weights" * 100)
    return path


@pytest.fixture
def flan(tmp_path) -> Path:
    folder = tmp_path / "flan"
    (folder / "inner").mkdir(parents=True)
    (folder / "config.json").write_text("{}")
    (folder / "inner" / "more.bin").write_bytes(b"more")
    return folder


@pytest.fixture
def data(tmp_path) -> Path:
    return tmp_path / "data"


def entry(folder: Path = Path("/nowhere")) -> LockedModel:
    return LockedModel("a/b", "123", str(folder), {"x": LockedFile(3, "abc")})


def test_where_there_is_no_lock_nothing_is_locked(data):
    assert Lock.read(data).models == {}
    assert locked("llava", data) is None


def test_what_is_recorded_is_found_again(ckpt, data):
    recorded = record("bingmap_withmeta", ckpt, data)
    assert locked("bingmap_withmeta", data) == recorded
    assert pulled("bingmap_withmeta", data) == ckpt
    assert recorded.bytes == 700
    assert recorded.files["bingmap_withmeta.ckpt"].sha256 == hashlib.sha256(b"weights" * 100).hexdigest()


def test_a_model_of_several_files_is_found_as_its_folder(flan, data):
    recorded = record("flan-t5-large", flan, data)
    assert pulled("flan-t5-large", data) == flan
    assert set(recorded.files) == {"config.json", "inner/more.bin"}


def test_recording_tells_how_many_bytes_were_read(flan, data):
    told = []
    record("flan-t5-large", flan, data, on_bytes=told.append)
    assert sum(told) == 6


@pytest.mark.parametrize("name", ["bingmap_withmeta", "flan-t5-large"])
def test_nothing_cannot_be_recorded(tmp_path, data, name):
    (tmp_path / "empty").mkdir()
    with pytest.raises(PullError, match=f"of {name} there"):
        record(name, tmp_path / "empty", data)


def test_a_folder_is_not_recorded_as_a_single_file(flan, data):
    with pytest.raises(PullError, match="no file of"):
        record("bingmap_withmeta", flan, data)


def test_a_name_the_catalogue_lacks_is_refused_everywhere(ckpt, data):
    for call in (locked, pulled):
        with pytest.raises(UnknownModel):
            call("mine", data)
    with pytest.raises(UnknownModel):
        record("mine", ckpt, data)


def test_what_was_never_pulled_names_the_command(data):
    with pytest.raises(NotPulled, match="not on this machine: run `earshot pull llava`"):
        pulled("llava", data)
    with pytest.raises(NotPulled, match="earshot pull llava"):
        verify("llava", data)


def test_a_file_that_is_gone_or_of_another_size_is_named(ckpt, data):
    record("bingmap_withmeta", ckpt, data)
    ckpt.write_bytes(b"short")
    with pytest.raises(NotPulled, match=r"has 5 bytes, not 700: run `earshot pull bingmap_withmeta`"):
        pulled("bingmap_withmeta", data)
    ckpt.unlink()
    with pytest.raises(NotPulled, match="is gone"):
        pulled("bingmap_withmeta", data)


def test_verifying_finds_a_byte_that_looking_at_sizes_does_not(flan, data):
    record("flan-t5-large", flan, data)
    assert verify("flan-t5-large", data) == []
    (flan / "config.json").write_text("[]")
    assert pulled("flan-t5-large", data) == flan
    (damage,) = verify("flan-t5-large", data)
    assert (damage.name, damage.path) == ("config.json", flan / "config.json")
    assert "damaged" in damage.reason


def test_verifying_names_what_is_gone_and_what_has_another_size(flan, data):
    record("flan-t5-large", flan, data)
    (flan / "config.json").unlink()
    (flan / "inner" / "more.bin").write_bytes(b"")
    assert [damage.reason for damage in verify("flan-t5-large", data)] == ["is gone", "has 0 bytes, not 4"]


def test_an_entry_is_replaced_or_taken_out_and_others_stay(data):
    update("llava", entry(), data)
    update("tangoflux", entry(), data)
    update("llava", LockedModel("c/d", "4", "/", {}), data)
    assert locked("llava", data).repository == "c/d"
    update("llava", None, data)
    assert set(Lock.read(data).models) == {"tangoflux"}
    update("llava", None, data)  # again does no harm


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "not readable"),
        ("{", "not readable"),
        ("[]", "not a lock file"),
        ("{}", "not a lock file"),
        ('{"version": 2, "models": {}}', "another version"),
        ('{"version": 1, "models": {"llava": {}}}', "not a lock file"),
        ('{"version": 1, "models": {"llava": 3}}', "not a lock file"),
        ('{"version": 1, "models": []}', "not a lock file"),
    ],
)
def test_a_damaged_lock_says_what_to_do(data, content, words):
    models_folder(data).mkdir(parents=True)
    (models_folder(data) / LOCK).write_text(content)
    with pytest.raises(PullError, match=rf"{words}.*delete it and pull again"):
        Lock.read(data)


def test_a_lock_with_a_field_of_another_version_is_not_half_read(data):
    update("llava", entry(), data)
    content = json.loads((models_folder(data) / LOCK).read_text())
    content["models"]["llava"]["colour"] = "red"
    (models_folder(data) / LOCK).write_text(json.dumps(content))
    with pytest.raises(PullError, match="not a lock file"):
        Lock.read(data)


def test_nothing_but_the_lock_and_its_guard_is_left_in_the_folder(data):
    update("llava", entry(), data)
    assert {path.name for path in models_folder(data).iterdir()} <= {LOCK, f"{LOCK}.busy"}


def test_a_disk_that_refuses_leaves_the_old_lock(data, monkeypatch):
    update("llava", entry(), data)

    def full(path, text):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "write_whole", full)
    with pytest.raises(PullError, match="No space left on device"):
        update("tangoflux", entry(), data)
    assert set(Lock.read(data).models) == {"llava"}


def test_threads_that_write_at_once_lose_nothing(data):
    names = ["llava", "tangoflux", "flan-t5-large", "flan-t5-tokenizer"]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda name: update(name, entry(), data), names))
    assert set(Lock.read(data).models) == set(names)


def test_the_data_folder_is_the_one_that_is_told_then_the_environments(tmp_path, monkeypatch):
    monkeypatch.setenv("EARSHOT_DATA_DIR", str(tmp_path / "env"))
    assert default_data_dir() == tmp_path / "env"
    assert models_folder() == tmp_path / "env" / "models"
    assert models_folder(tmp_path / "told") == tmp_path / "told" / "models"


def test_an_empty_setting_is_none(monkeypatch):
    monkeypatch.setenv("EARSHOT_DATA_DIR", "")
    assert default_data_dir().is_absolute()
    assert default_data_dir().name == "earshot"


def test_a_digest_is_told_in_steps(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "CHUNK", 4)
    (tmp_path / "x").write_bytes(b"0123456789")
    told = []
    assert sha256_of(tmp_path / "x", told.append) == hashlib.sha256(b"0123456789").hexdigest()
    assert told == [4, 4, 2]
