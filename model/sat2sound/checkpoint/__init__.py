"""Checkpoints: opened by name or path, saved as pairs of safetensors, converted from the published Lightning files."""
