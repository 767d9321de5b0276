"""Documents: reading, splitting, and the names that they are about."""
