"""What is kept of a contact: its shape, its bytes, and the shelf that finds and schedules it."""
