"""The RFC 3339 date-time as one pattern that only real instants pass, so that a JSON Schema says exactly what we accept.

Years 1970 to 2999, the days that a month has in its year, no second 60, a zone up to 23:59. Written so that Python,
ECMA 262 and Rust read it alike.
"""

from typing import Final

_LONG_MONTH: Final = r"(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
_SHORT_MONTH: Final = r"(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
_FEBRUARY: Final = r"02-(?:0[1-9]|1[0-9]|2[0-8])"
_YEAR: Final = r"(?:19[7-9]|2[0-9]{2})[0-9]"
_LEAP_YEAR: Final = r"(?:19(?:7[26]|8[048]|9[26])|2[0-9](?:0[48]|[2468][048]|[13579][26])|2[048]00)"
_DATE: Final = rf"(?:{_YEAR}-(?:{_LONG_MONTH}|{_SHORT_MONTH}|{_FEBRUARY})|{_LEAP_YEAR}-02-29)"
_TIME: Final = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?"
_ZONE: Final = r"(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
_END: Final = r"(?![\s\S])"

DATE_TIME: Final = rf"^{_DATE}[Tt ]{_TIME}{_ZONE}{_END}"
