"""Foley: a procedural synthesizer that plans sources by what a caption means, and mixes them."""
