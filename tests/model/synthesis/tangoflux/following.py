"""A few steps of a flow, by an engine's own field of velocities or another."""

from model.synthesis.tangoflux.sampling import noise, sample
from model.synthesis.watch import Watch

CAPTIONS = ("rain", "birds are chirping by a pond")
SECONDS = (3.0, 5.0)


def flow(engine, conditioning, field=None, steps=2, seed=1):
    """Latents after a few steps, by the engine's own field of velocities or another."""
    count = len(conditioning.context) // (2 if conditioning.guided else 1)
    begun = noise([seed] * count, engine.config.audio_seq_len)
    with engine.flow.at_work() as own:
        return sample(field or own, conditioning, begun, steps, 4.5, Watch())
