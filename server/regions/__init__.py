"""Regions on disk: the shelf of what is built, and how they are built."""
