"""The command line's groups, one module each; whatever is heavy is imported when a command runs."""
