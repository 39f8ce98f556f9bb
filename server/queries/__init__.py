"""What may be asked: one model a request, bounded and typed."""
