"""Training the adapter of the default model: see `training/README.md`."""
