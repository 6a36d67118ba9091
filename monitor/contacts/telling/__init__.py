"""A contact told from its events, on demand: what each did, which rules were tried, how each deadline comes about (design §5).

Nothing here runs while events are folded; a contact is folded once more, slowly, and watched.
"""
