"""Sounds: orders, a queue of jobs that survives restarts, the engines that render, and the files they leave."""
