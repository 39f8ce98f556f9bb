"""Judging encoders on paired data: the rows of the paper's tables."""
