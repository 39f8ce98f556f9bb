"""Sounds as jobs: what is ordered, queued, rendered, kept and told of."""
