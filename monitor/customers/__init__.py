"""Contacts of one customer about one problem, on any channel: first-contact resolution, repeats, fake closures (R22, R23, R79)."""
