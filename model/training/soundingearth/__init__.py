"""The SoundingEarth baseline: ResNets of an image and of a spectrogram."""
