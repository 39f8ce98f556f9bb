"""Training: labelled images and recordings in, a checkpoint out (`model.training.labelled.train`)."""
