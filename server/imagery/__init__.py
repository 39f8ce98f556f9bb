"""The imagery this server offers, and whether the checkpoint fits it."""
