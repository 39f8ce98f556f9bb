"""What Sat2Sound is compared with: one protocol for all encoders, and how their checkpoints are opened."""
