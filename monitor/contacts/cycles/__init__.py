"""The clocks of a contact: how cycles start, fall due, are matched again and end."""
