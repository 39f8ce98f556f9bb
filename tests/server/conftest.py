"""A real server at the smallest size: a tiny untrained model, a gallery it embedded, Null Island and Foley."""

import csv
import time

import pytest
import torch
from starlette.testclient import TestClient

from model.gallery import build_gallery
from model.sat2sound import ModelConfig, Sat2Sound, open_checkpoint, save_checkpoint
from model.sat2sound.checkpoint.concept_names import write_concept_names
from server.app import create_app
from server.earshot import Earshot
from server.imagery.embedding import ModelInput
from server.regions.encode import RegionPlan, build_for
from server.settings import Settings
from server.soundscape.embedding import embed_places
from server.soundscape.footprint import footprint_of
from tiles.imagery import open_imagery
from tiles.region import Grid

CAPTIONS = [
    ("c-sea", "sea", "waves roll under a steady wind"),
    ("c-beach", "beach", "surf breaks on sand and gulls call"),
    ("c-forest", "forest", "songbirds sing in swaying trees"),
    ("c-city", "city", "traffic hums and a siren passes"),
    ("c-farm", "farmland", "a tractor crosses the fields"),
    ("c-city2", "city", "crowds talk and horns sound"),
]
RECORDINGS = [("r-surf", "beach", "surf on sand"), ("r-birds", "forest", "birdsong at dawn")]


@pytest.fixture(scope="session", autouse=True)
def patient():
    """Asked for a sound, the server waits until it is rendered, however busy the machine is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("server.routes.sound.PATIENCE", 200.0)
        yield


@pytest.fixture(scope="session")
def home(tmp_path_factory):
    """A folder with checkpoint.safetensors and gallery/, as `earshot train` and `earshot gallery build` leave them."""
    folder = tmp_path_factory.mktemp("home")
    source = folder / "source"
    source.mkdir()
    with (source / "gallery.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["id", "scene", "text", "licence", "author", "foley", "seed", "seconds"])
        table.writerows([id, scene, text, "CC0-1.0", "Ann", "", "", ""] for id, scene, text in CAPTIONS)
        table.writerows([id, scene, text, "CC-BY-4.0", "Bo", text, "3", "1.5"] for id, scene, text in RECORDINGS)
    torch.manual_seed(0)
    checkpoint = folder / "checkpoint.safetensors"
    save_checkpoint(Sat2Sound(ModelConfig.tiny()), checkpoint)
    write_concept_names(checkpoint, {7: "surf on sand"}, open_checkpoint(checkpoint).checkpoint_hash)
    build_gallery(source, folder / "gallery", open_checkpoint(checkpoint))
    return folder


@pytest.fixture(scope="session")
def make_settings(home, tmp_path_factory):
    """Settings around `home`, offline, each with a data folder of its own."""

    def make(**overrides) -> Settings:
        values = {
            "checkpoint": str(home / "checkpoint.safetensors"),
            "gallery": str(home / "gallery"),
            "data_dir": tmp_path_factory.mktemp("data"),
            "imagery": ["null-island"],
            "torch_threads": 1,
            "build_region": False,
        }
        return Settings(**{**values, **overrides})

    return make


@pytest.fixture(scope="session")
def ready():
    """Wait until a server says that it is ready."""
    return wait_until_ready


def wait_until_ready(client: TestClient) -> TestClient:
    for _ in range(600):
        if client.get("/readyz").status_code == 200:
            return client
        time.sleep(0.05)
    raise AssertionError(client.get("/readyz").text)


@pytest.fixture(scope="session")
def client(make_settings):
    """A running server that answers its own errors."""
    with TestClient(create_app(make_settings()), raise_server_exceptions=False) as running:
        yield wait_until_ready(running)


@pytest.fixture(scope="session")
def small_region(earshot):
    """Build Null Island at a few cells: at a path, or in a shelf's folder as a region of any name."""

    def build(folder, name="null-island", bounds=(-1.5, -1.5, 1.5, 1.5), zoom=10, **options):
        plan = RegionPlan(name, Grid.over(bounds, zoom), open_imagery("null-island"))
        path = folder if folder.suffix == ".zarr" else folder / f"{name}.zarr"
        return build_for(earshot.model, earshot.gallery, plan, path, readers=1, block=16, **options)

    return build


@pytest.fixture(scope="session")
def searching(make_settings, small_region):
    """A running server with a region of 64 cells."""
    settings = make_settings()
    small_region(settings.folder("regions"))
    with TestClient(create_app(settings), raise_server_exceptions=False) as running:
        yield wait_until_ready(running)


@pytest.fixture(scope="session")
def earshot(make_settings):
    """The service the routes and the command line share, without a server."""
    return Earshot.open(make_settings())


@pytest.fixture(scope="session")
def look_at():
    """What the model of an `Earshot` is given of each query's place, as a click gives it."""

    def look(earshot, queries):
        model, imagery = earshot.model, earshot.imagery
        chips = [footprint_of(query, model.config, imagery).read() for query in queries]
        return [ModelInput.of(model, chip, query.month, query.hour) for query, chip in zip(queries, chips, strict=True)]

    return look


@pytest.fixture(scope="session")
def embed_at(look_at):
    """What the model of an `Earshot` makes of each query's place."""
    return lambda earshot, queries: embed_places(earshot.model, look_at(earshot, queries))
