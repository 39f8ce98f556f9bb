"""What the command line hands to training: Null Island's chips, folders, progress bars."""
