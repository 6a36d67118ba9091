"""What the product knows: pure packages for contacts, queues, policy and calendars, and the edges around them."""

__version__ = "0.1.0"
