"""Synthesizers are opened by name, from what they need and nothing else."""

import pytest

from model.errors import CheckpointError, NotPulled, SynthesisError
from model.sat2sound.text_encoder import open_text_encoder
from model.synthesis import Clip, open_synthesizer
from model.synthesis.device import Placement
from model.synthesis.synthesizer import SYNTHESIZERS


def test_the_known_are_listed_where_a_name_is_not_among_them():
    with pytest.raises(SynthesisError, match="unknown synthesizer 'bark': known are foley, tangoflux"):
        open_synthesizer("bark")


def test_foley_is_opened_once_and_shared():
    assert open_synthesizer("foley") is open_synthesizer("foley")


def test_foley_with_an_encoder_of_ones_own_is_another():
    encoder = open_text_encoder("minilm")
    assert open_synthesizer("foley", encoder=encoder) is not open_synthesizer("foley")


@pytest.mark.parametrize("options", [{"path": "x"}, {"placement": Placement()}])
def test_foley_has_no_weights_to_be_told_of(options):
    with pytest.raises(SynthesisError, match="neither path nor placement"):
        open_synthesizer("foley", **options)


def test_tangoflux_that_was_not_pulled_names_the_command(tmp_path):
    with pytest.raises(NotPulled, match="earshot pull tangoflux"):
        open_synthesizer("tangoflux", data_dir=tmp_path)


def test_tangoflux_from_a_folder_without_it_is_a_checkpoint_error(tmp_path):
    with pytest.raises(CheckpointError, match="config"):
        open_synthesizer("tangoflux", tmp_path)


def test_tangoflux_reads_captions_with_its_own_encoder(tmp_path):
    with pytest.raises(SynthesisError, match="of its own"):
        open_synthesizer("tangoflux", tmp_path, encoder=open_text_encoder("minilm"))


@pytest.mark.parametrize("name", SYNTHESIZERS)
def test_each_says_who_it_is_and_under_which_terms_its_sounds_may_be_used(name, foley, tangoflux):
    engine = {"foley": foley, "tangoflux": tangoflux}[name]
    assert engine.name == name
    assert engine.licence.endswith(".")
    assert isinstance(engine.attribution, str)


@pytest.mark.parametrize("name", SYNTHESIZERS)
def test_each_renders_a_caption_as_a_clip_of_that_length(name, foley, tangoflux):
    engine, options = {"foley": (foley, {}), "tangoflux": (tangoflux, {"steps": 1})}[name]
    clip = engine.render("rain", 1.0, 1, **options)
    assert isinstance(clip, Clip)
    assert clip.seconds == 1.0


@pytest.mark.parametrize("name", SYNTHESIZERS)
def test_each_refuses_an_option_it_does_not_have(name, foley, tangoflux):
    engine = {"foley": foley, "tangoflux": tangoflux}[name]
    with pytest.raises(SynthesisError, match=f"colour: {name} has no such option"):
        engine.render("rain", 1.0, colour="red")
