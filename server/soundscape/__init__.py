"""A place in words: nearest captions and recordings, confidence, notes, captions written by a captioner."""
