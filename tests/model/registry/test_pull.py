"""Pulling with the hub's real client from a hub on this machine: whole files arrive once, and nothing else does."""

import dataclasses
import json
import shutil
import socket
import time

import pytest

from model.errors import LicenceNotAccepted, NotPulled, PullError, UnknownModel
from model.registry import locked, pulled
from model.registry import pull as pulling
from model.registry.hub import Hub
from model.registry.pull import pull
from tests.model.registry.conftest import CKPT, FLAN, TANGO

NAME = "bingmap_withmeta"
PATH = f"sat2sound/{NAME}.ckpt"


class Seen:
    """Notes what a pull tells."""

    def __init__(self):
        self.begun, self.count, self.damage = [], 0, []

    def begin(self, model, snapshot, missing):
        self.begun.append((model.name, missing))

    def advance(self, count):
        self.count += count

    def damaged(self, damage):
        self.damage.append(damage.name)


@pytest.fixture
def fetch(hub, tmp_path, monkeypatch):
    """Pull into this test's own folders; answers what was told."""
    monkeypatch.setattr("huggingface_hub.file_download.time.sleep", lambda seconds: None)
    monkeypatch.setattr("huggingface_hub.constants.DOWNLOAD_CHUNK_SIZE", 16_384)  # what is lost of a broken one

    def run(*names, accept=lambda model: True, through=hub, **options):
        seen = Seen()
        seen.done = pull(names, tmp_path / "data", accept=accept, watch=seen, hub=through, **options)
        return seen

    return run


@pytest.fixture
def data_dir(tmp_path):
    return tmp_path / "data"


def downloads(served, digest):
    return [asked for asked in served.asked if asked.startswith(f"GET /cdn/{digest}")]


def test_a_pulled_file_is_whole_and_found_again_without_the_hub(fetch, served, data_dir):
    seen = fetch(NAME)
    assert (seen.begun, seen.count) == ([(NAME, len(CKPT))], len(CKPT))
    assert pulled(NAME, data_dir).read_bytes() == CKPT
    asked = len(served.asked)
    assert fetch(NAME).done[0].fetched == 0
    assert len(served.asked) == asked


def test_files_lie_where_other_programs_look_for_them(fetch, served, data_dir, tmp_path):
    from huggingface_hub import hf_hub_download

    fetch(NAME)
    commit = served.repositories["MVRL/sat2sound"].at("main")[0]
    found = hf_hub_download(
        "MVRL/sat2sound", PATH, revision=commit, cache_dir=tmp_path / "cache", local_files_only=True
    )
    assert found == str(pulled(NAME, data_dir))
    assert not list((tmp_path / "cache").rglob("*.incomplete"))


def test_the_lock_pins_the_revision_until_the_latest_is_asked_for(fetch, served, data_dir):
    fetch(NAME)
    first = locked(NAME, data_dir)
    served.publish("MVRL/sat2sound", {PATH: b"newer" * 1000})
    pulled(NAME, data_dir).unlink()
    fetch(NAME)
    assert locked(NAME, data_dir) == first
    fetch(NAME, latest=True)
    assert pulled(NAME, data_dir).read_bytes() == b"newer" * 1000
    assert locked(NAME, data_dir).revision != first.revision


def test_the_lock_holds_the_checksum_of_every_file(fetch, data_dir):
    import hashlib

    fetch("flan-t5-large")
    entry = locked("flan-t5-large", data_dir)
    assert {name: facts.sha256 for name, facts in entry.files.items()} == {
        name: hashlib.sha256(content).hexdigest() for name, content in FLAN.items() if name != "pytorch_model.bin"
    }


def test_a_folder_model_brings_what_it_needs_and_nothing_it_does_not(fetch, served, data_dir):
    fetch("tangoflux")
    folder = pulled("tangoflux", data_dir)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == TANGO
    assert (pulled("flan-t5-tokenizer", data_dir) / "tokenizer.json").is_file()
    assert not downloads(served, served.digest("google/flan-t5-large", "model.safetensors"))


def test_a_dropped_connection_is_taken_up_where_it_broke(fetch, served, data_dir):
    digest = served.digest("MVRL/sat2sound", PATH)
    served.drop_after[digest] += [50_000, 30_000]
    assert fetch(NAME).count == len(CKPT)
    assert pulled(NAME, data_dir).read_bytes() == CKPT
    ranges = [asked.rpartition(" ")[2] for asked in downloads(served, digest)[1:]]
    assert len(ranges) == 2
    assert all(each.startswith("bytes=") and each != "bytes=0-" for each in ranges)


def test_a_download_that_was_stopped_goes_on_in_the_next_run(fetch, served, data_dir):
    digest = served.digest("MVRL/sat2sound", PATH)
    served.drop_after[digest] += [90_000] + 20 * [0]
    with pytest.raises(PullError, match=rf"{PATH}: stopped at \d+ of {len(CKPT)} bytes .* run the same command again"):
        fetch(NAME)
    with pytest.raises(NotPulled, match=f"earshot pull {NAME}"):
        pulled(NAME, data_dir)
    served.drop_after.clear()
    seen = fetch(NAME)
    assert 0 < seen.count < len(CKPT)
    assert seen.begun == [(NAME, seen.count)]
    assert pulled(NAME, data_dir).read_bytes() == CKPT


def test_a_server_that_ignores_ranges_still_gives_a_whole_file(fetch, served, data_dir):
    served.drop_after[served.digest("MVRL/sat2sound", PATH)] += [50_000]
    served.ignore_ranges = True
    assert fetch(NAME).count == len(CKPT)
    assert pulled(NAME, data_dir).read_bytes() == CKPT


@pytest.mark.parametrize(("model", "repository", "path"), [
    (NAME, "MVRL/sat2sound", PATH),
    ("flan-t5-large", "google/flan-t5-large", "config.json"),
])  # fmt: skip
def test_bytes_that_are_not_the_published_ones_are_thrown_away(
    fetch, served, data_dir, tmp_path, model, repository, path
):
    digest = served.digest(repository, path)
    found = served.repositories[repository].at("main")
    served.replaced[digest] = b"x" * found[1][path].size
    with pytest.raises(PullError, match=rf"{path}: its checksum is not the one .* thrown away"):
        fetch(model)
    with pytest.raises(NotPulled):
        pulled(model, data_dir)
    assert not [file for file in (tmp_path / "cache").rglob(f"{digest}*") if file.suffix != ".busy"]


def test_a_file_that_was_cut_short_later_is_noticed_at_once_and_fetched_again(fetch, data_dir):
    fetch(NAME)
    place = pulled(NAME, data_dir).resolve()
    place.write_bytes(CKPT[:1000])
    with pytest.raises(NotPulled, match=f"has 1000 bytes, not {len(CKPT)}: run `earshot pull {NAME}`"):
        pulled(NAME, data_dir)
    fetch(NAME)
    assert pulled(NAME, data_dir).read_bytes() == CKPT


def test_checking_reads_every_byte_and_mends_what_is_damaged(fetch, data_dir):
    fetch(NAME)
    place = pulled(NAME, data_dir).resolve()
    place.write_bytes(b"?" + CKPT[1:])
    assert fetch(NAME).damage == []
    seen = fetch(NAME, check=True)
    assert seen.damage == [PATH]
    assert pulled(NAME, data_dir).read_bytes() == CKPT
    assert fetch(NAME, check=True).damage == []


def test_terms_that_are_not_accepted_stop_everything_before_the_first_byte(fetch, served, data_dir):
    with pytest.raises(LicenceNotAccepted, match=r"tangoflux: .*Stability AI.*https://.*--accept-licence"):
        fetch(NAME, "tangoflux", accept=lambda model: False)
    assert served.asked == []
    fetch("tangoflux", accept=lambda model: True)
    fetch("tangoflux", accept=lambda model: pytest.fail("accepted before"))


def test_terms_that_need_no_consent_are_not_asked_about(fetch):
    fetch(NAME, accept=lambda model: pytest.fail(model.name))


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(UnknownModel, match=r"'bingmaps' is not a published model: known are bingmap_nometa, .*llava"):
        pull(["bingmaps"], accept=lambda model: True, watch=Seen())


def test_without_a_network_it_says_so_at_once(fetch, tmp_path):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nowhere = Hub(f"http://127.0.0.1:{closed.getsockname()[1]}", tmp_path / "cache")
    began = time.monotonic()
    with pytest.raises(PullError, match=rf"{NAME}: {nowhere.endpoint} cannot be reached .* HF_ENDPOINT"):
        fetch(NAME, through=nowhere)
    assert time.monotonic() - began < 10


def test_offline_mode_is_named_and_what_the_cache_holds_is_used(fetch, served, hub, tmp_path, monkeypatch):
    from huggingface_hub import snapshot_download

    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(PullError, match=f"{NAME}: HF_HUB_OFFLINE is set"):
        fetch(NAME)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    snapshot_download("google/flan-t5-large", cache_dir=hub.cache_dir, endpoint=served.url)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    asked = len(served.asked)
    fetch("flan-t5-large")
    assert len(served.asked) == asked
    assert (pulled("flan-t5-large", tmp_path / "data") / "model.safetensors").read_bytes() == FLAN["model.safetensors"]


def test_what_the_hub_refuses_is_told_in_terms_of_what_to_do(fetch, served):
    with pytest.raises(PullError, match="geosound-gallery: MVRL/sat2sound holds no demo/GeoSound"):
        fetch("geosound-gallery")
    with pytest.raises(PullError, match=r"llava-hf/llava-1.5-7b-hf: not on http.*hf auth login"):
        fetch("llava")
    served.repositories["MVRL/sat2sound"].gated = True
    with pytest.raises(PullError, match=r"MVRL/sat2sound: its terms must be accepted on http"):
        fetch(NAME)
    served.down = True
    with pytest.raises(PullError, match=r"tangoflux|flan-t5-tokenizer: http.* answers 503"):
        fetch("tangoflux")


def test_a_pinned_revision_that_is_gone_says_how_to_get_the_latest(fetch, served, data_dir):
    fetch(NAME)
    pulled(NAME, data_dir).resolve().unlink()
    served.repositories["MVRL/sat2sound"].commits.clear()
    served.publish("MVRL/sat2sound", {PATH: CKPT, "other": b"x"})
    with pytest.raises(PullError, match=r"the pinned revision is gone.*--update"):
        fetch(NAME)


def test_a_disk_without_room_refuses_before_the_first_byte(fetch, served, monkeypatch):
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(pulling.shutil, "disk_usage", lambda path: usage._replace(free=pulling.MARGIN + len(CKPT)))
    with pytest.raises(PullError, match=r"0\.00 GB are needed there, 0\.07 GB are free"):
        fetch(NAME)
    assert not [asked for asked in served.asked if "/cdn/" in asked]


def test_a_mirror_cannot_write_outside_the_cache(fetch, served, tmp_path):
    files = served.repositories["google/flan-t5-large"].at("main")[1]
    files["config.json"] = dataclasses.replace(files["config.json"], git="../../../escaped")
    with pytest.raises(PullError, match="digest"):
        fetch("flan-t5-tokenizer")
    assert not (tmp_path / "escaped").exists()


def test_a_broken_lock_says_what_to_do(fetch, data_dir):
    fetch(NAME)
    path = data_dir / "models" / "lock.json"
    content = json.loads(path.read_text())
    for broken in ("{", json.dumps([]), json.dumps({**content, "version": 99}), json.dumps({"version": 1})):
        path.write_text(broken)
        with pytest.raises(PullError, match=r"lock\.json: .*delete it and pull again"):
            pulled(NAME, data_dir)
