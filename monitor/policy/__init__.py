"""Policies: strict YAML in, frozen compiled promises out."""
