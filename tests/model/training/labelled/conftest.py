"""A training run of seconds: a tiny model, two scenes anyone can tell apart, and tones for recordings."""

import dataclasses

import numpy as np
import pytest

from model.sat2sound import ModelConfig
from model.scenes.captions import Caption, SoundCaption, read_captions, read_sound_captions
from model.training.labelled.config import AudioStage, ImageStage, TrainConfig
from model.training.labelled.recordings import AudioSplit, audio_sample
from model.training.labelled.samples import ImageSample, Split


def picture(rng: np.random.Generator, label: str) -> ImageSample:
    """Blue for the sea, green for the forest, both noisy."""
    colour = {"SeaLake": (20, 40, 160), "Forest": (20, 120, 30)}[label]
    pixels = np.clip(rng.normal(colour, 12, (48, 48, 3)), 0, 255).astype(np.uint8)
    return ImageSample(pixels, 10.0, "eurosat", label, ("sea",) if label == "SeaLake" else ("forest",))


@pytest.fixture(scope="session")
def pictures() -> Split:
    rng = np.random.default_rng(0)
    samples = [picture(rng, label) for _ in range(40) for label in ("SeaLake", "Forest")]
    return Split(tuple(samples[:60]), tuple(samples[60:]))


@pytest.fixture(scope="session")
def tones() -> AudioSplit:
    rng = np.random.default_rng(1)
    time = np.arange(16000) / 16000

    def tone(sound: str, hertz: float, scene: str):
        wave = np.sin(2 * np.pi * hertz * time) + 0.1 * rng.normal(size=time.size)
        return audio_sample(0.3 * wave, 16000, sound, (scene,), "tones")

    samples = [t for _ in range(8) for t in (tone("sea_waves", 150, "sea"), tone("chirping_birds", 5000, "forest"))]
    return AudioSplit(tuple(samples[:12]), tuple(samples[12:]), ())


@pytest.fixture(scope="session")
def short() -> TrainConfig:
    image = ImageStage(steps=12, batch=16, warm_up=2, learning_rate=3e-3, keep=0.5, share={"eurosat": 1.0})
    audio = AudioStage(steps=6, batch=6, warm_up=2, learning_rate=3e-3)
    warm, polish, head = (dataclasses.replace(image, steps=4, keep=keep) for keep in (0.5, 0.75, 1.0))
    sounds = dataclasses.replace(audio, steps=4)
    model = dataclasses.replace(ModelConfig.tiny(), name="short")
    return TrainConfig("short", model, image, audio, warm, polish, head, sounds, check_every=4, seed=3)


@pytest.fixture(scope="session")
def few_captions() -> tuple[Caption, ...]:
    """Six of each scene in each voice: to embed them all takes longer than to train."""
    known = read_captions()
    kinds = [(scene, voice) for scene in ("sea", "forest") for voice in ("image", "audio")]
    return tuple(c for kind in kinds for c in [c for c in known if (c.scene, c.voice) == kind][:6])


@pytest.fixture(scope="session")
def few_sounds() -> tuple[SoundCaption, ...]:
    """Six of each sound."""
    known = read_sound_captions()
    return tuple(s for sound in ("sea_waves", "chirping_birds") for s in [s for s in known if s.sound == sound][:6])
