"""Regions of this server: found, opened, and built in the background or on a cluster."""
