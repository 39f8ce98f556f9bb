"""What `earshot train` and `evaluate` hand to training: Null Island's chips, folders, progress."""
