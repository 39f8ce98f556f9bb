"""The loop of every training run: steps, schedules, devices, and states that are resumed exactly."""
