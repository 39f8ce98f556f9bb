"""Search: a query scored against a region's cells, as ranked places and as a heatmap."""
