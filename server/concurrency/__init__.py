"""The few primitives all background work is built of: a batch queue, single flight, thread limits, core counts."""
