"""Linear probes: what a folder of labelled files says of an encoder."""
