"""Tensors: Sat2Sound, the gallery, text-to-audio and training. Knows no map and no HTTP."""
