"""What can be said to each command: one dataclass each, which its work is handed. Nothing heavy is imported here."""
