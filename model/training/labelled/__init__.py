"""The staged recipe: labelled images, recordings, Null Island and Foley."""
