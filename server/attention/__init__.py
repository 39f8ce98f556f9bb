"""Why: attention maps, concepts, and what each adds to a score."""
