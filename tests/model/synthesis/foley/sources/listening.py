"""What one hears of a source, in numbers."""

import numpy as np
from scipy.signal import welch

from model.synthesis.foley.sources import RATE

SECONDS = 3.0
LONG = 20.0


def spectrum(samples):
    """Frequencies and power of the mean of the channels."""
    return welch(samples.mean(axis=0), RATE, nperseg=min(8192, samples.shape[1]))


def centroid(samples):
    hz, power = spectrum(samples)
    return float((hz * power).sum() / power.sum())


def share(samples, low, high):
    """The share of power between two frequencies."""
    hz, power = spectrum(samples)
    return float(power[(hz >= low) & (hz <= high)].sum() / power.sum())


def envelope(samples, rate=100):
    """RMS at `rate` Hz."""
    step = RATE // rate
    mono = samples.mean(axis=0)
    return np.sqrt(np.square(mono[: len(mono) // step * step].reshape(-1, step)).mean(axis=1))


def modulation(samples, low, high):
    """The frequency at which the envelope moves most, between two."""
    level = envelope(samples)
    power = np.abs(np.fft.rfft((level - level.mean()) * np.hanning(len(level))))
    hz = np.fft.rfftfreq(len(level), 0.01)
    inside = (hz >= low) & (hz <= high)
    return float(hz[inside][power[inside].argmax()])


def crest(samples):
    """Peak over RMS: high for what comes in strokes, low for what hums."""
    return float(np.abs(samples).max() / np.sqrt(np.square(samples).mean()))


def partials(samples, low, high, count):
    """The strongest spectral peaks between two frequencies, ascending."""
    hz, power = welch(samples.mean(axis=0), RATE, nperseg=32_768)
    peak = np.flatnonzero((power[1:-1] > power[:-2]) & (power[1:-1] > power[2:])) + 1
    peak = peak[(hz[peak] > low) & (hz[peak] < high)]
    return np.sort(hz[peak[np.argsort(-power[peak])[:count]]])


def rms(samples):
    return float(np.sqrt(np.square(samples, dtype=np.float64).mean()))


def loudest(sound):
    """The strongest frequency of a mono sound, Hz."""
    power = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    return float(np.fft.rfftfreq(len(sound), 1 / RATE)[power.argmax()])
