"""Stands for transformers: has the module names that the target files of the methodology use."""
