"""The life of calls, chats and work orders: moments, waits, and what is booked beside the clocks."""
