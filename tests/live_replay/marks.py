"""What is compared of a record: key and value; of the millions of panes a digest stands for the value."""

import re
from hashlib import blake2b

from schemas.topics import CUSTOMER_CONTACTS, QUEUE_PANES

Mark = tuple[bytes, bytes]

_APPENDED = re.compile(rb',"appended_at":\d+')


def mark(topic: str, key: bytes | None, value: bytes | None) -> Mark:
    """Key and comparable value. When the broker appended a tick, which a watermark carries, no log before the broker can know."""
    content = value or b""
    if content.startswith(b'{"kind":"watermark"'):
        content = _APPENDED.sub(b"", content)
    return key or b"", blake2b(content, digest_size=12).digest() if topic in (QUEUE_PANES, CUSTOMER_CONTACTS) else content
