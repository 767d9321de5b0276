"""Vectors: encoders, the store that searches them, and token vectors for late interaction."""
