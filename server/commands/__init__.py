"""The commands of `earshot`, one file each."""
