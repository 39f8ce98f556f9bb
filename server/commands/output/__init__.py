"""What commands write: reports on the terminal, and sound files."""
