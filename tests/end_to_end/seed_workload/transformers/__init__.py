"""A stand-in with the module names that the methodology's target files use."""
