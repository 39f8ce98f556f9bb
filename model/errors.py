"""What can go wrong in the model room: one base class, one line each."""


class ModelError(Exception):
    """Base of every error the model room raises on purpose."""


class CheckpointError(ModelError):
    """A checkpoint is missing, corrupt, incomplete or of another shape."""


class UnknownModel(ModelError):
    """No published model goes by that name; the known ones are listed."""


class NotPulled(ModelError):
    """Published weights are not on this machine, or not whole; the message says which command fetches them."""


class PullError(ModelError):
    """Published weights cannot be fetched: network, hub, disk, or bytes that are not the published ones."""


class LicenceNotAccepted(PullError):
    """The terms of published weights must be accepted before they are fetched."""


class TextEncoderError(ModelError):
    """The frozen text encoder's weights are missing or not the pinned ones."""


class GalleryError(ModelError):
    """A gallery is missing, corrupt, or made by another checkpoint."""


class UnknownEntry(GalleryError):
    """No entry of the gallery has this id."""


class AudioError(ModelError):
    """A waveform cannot be used: empty, not finite, or of an impossible shape."""


class SynthesisError(ModelError):
    """A sound cannot be rendered as asked."""


class Cancelled(ModelError):
    """The work was called off before it was done."""


class TrainingError(ModelError):
    """A training run cannot start or go on: data, configuration or disk."""


class InvalidInput(ModelError):
    """An input of the model has an impossible shape, size or value."""


class InvalidSound(InvalidInput, SynthesisError):
    """A caption, length, seed or option that no sound can be rendered from; the field is named."""


def first_line(error: BaseException) -> str:
    """What an error of a library says, cut to its first line; its kind where it says nothing."""
    text = str(error).strip()
    return text.splitlines()[0] if text else type(error).__name__
