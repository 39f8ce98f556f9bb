"""What a server says it can do is what it has been started with."""

from server.about.capabilities import capabilities_of
from server.about.schemas import Capabilities
from server.earshot import Earshot


def test_capabilities_say_what_is_in_use(client):
    found = client.get("/capabilities").json()
    assert found["checkpoint"]["name"] == "tiny"
    assert found["checkpoint"]["hash"] == client.get("/soundscape?lat=0.05&lon=0.02").json()["model"]["hash"]
    assert found["scales"] == [1, 3, 5]
    assert found["gallery"] == {
        "captions": 6,
        "recordings": 2,
        "licences": {"CC0-1.0": 6, "CC-BY-4.0": 2},
        "scales": [],
        "parts": [{"name": "gallery", "captions": 6, "recordings": 2}],
    }
    engines = {engine["name"]: engine for engine in found["engines"]}
    assert {name: engine["knows_time"] for name, engine in engines.items()} == {"foley": True, "tangoflux": False}
    assert {name: (engine["available"], engine["default"]) for name, engine in engines.items()} == {
        "foley": (True, True),
        "tangoflux": (False, False),
    }
    assert "earshot pull tangoflux" in engines["tangoflux"]["needs"]
    assert engines["tangoflux"]["notice"] == "Powered by Stability AI"
    assert set(engines["foley"]["formats"]) == {"audio/ogg", "audio/flac", "audio/wav"}
    (island,) = found["imagery"]
    assert (island["name"], island["online"], island["reachable"]) == ("null-island", False, True)
    assert island["attribution"]
    tile = island["tiles"].format(z=island["min_zoom"], x=16, y=16)
    assert client.get(tile).status_code == 200


def test_the_limits_told_are_those_of_the_settings(earshot, make_settings):
    settings = make_settings(max_chip_pixels=512, max_body_bytes=1000, max_upload_bytes=2000)
    limits = capabilities_of(Earshot(settings, earshot.model, earshot.gallery, earshot.imagery, earshot.engines)).limits
    assert (limits.max_pixels, limits.max_body_bytes, limits.max_upload_bytes) == (512, 1000, 2000)


def test_the_url_of_tiles_is_put_before_by_the_base_url(earshot, make_settings):
    settings = make_settings(base_url="https://earshot.example/api")
    told = capabilities_of(Earshot(settings, earshot.model, earshot.gallery, earshot.imagery, earshot.engines))
    assert told.imagery[0].tiles.startswith("https://earshot.example/api/imagery/null-island/{z}/")


def test_what_is_told_is_read_back_from_its_json_as_it_was(earshot):
    written = capabilities_of(earshot).model_dump_json()
    assert Capabilities.model_validate_json(written).model_dump_json() == written


def test_colour_maps_are_told_by_kind_and_none_is_of_both(earshot):
    colormaps = capabilities_of(earshot).colormaps
    assert colormaps.sequential
    assert colormaps.diverging
    assert not set(colormaps.sequential) & set(colormaps.diverging)
