"""The policy language: what it compiles to, and what it refuses."""
