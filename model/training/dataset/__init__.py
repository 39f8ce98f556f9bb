"""Paired data: rows of an image, a sound, captions, a place and a time, from a folder, Parquet or the hub."""
