"""Searches: from words or a recording to scores, heatmaps and ranked places."""
