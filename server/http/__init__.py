"""HTTP itself: how requests become parameters, results responses and errors problems; middleware and metrics."""
