"""Which events become part of a contact, as what, and in which order they are folded."""
