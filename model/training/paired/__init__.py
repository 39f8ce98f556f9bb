"""The paper's training: images, sounds and captions of the same places."""
