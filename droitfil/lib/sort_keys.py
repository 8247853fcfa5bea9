"""Sort keys: one plain form of a name, to sort and to search by, whatever the database's locale.

A key is made when a name is written and kept beside it, in a column of collation "C": PostgreSQL
then sorts and searches it the same way on every machine, without ICU.
"""

from __future__ import annotations

import re
import unicodedata

#: Letters that no decomposition of Unicode takes apart.
_APART = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "đ": "d", "ł": "l", "ı": "i"})
_OTHER = re.compile(r"[\W_]+")


def sort_key(text: str) -> str:
    """``text`` in lower case, without accents, its words parted by one space.

    « L'Haÿ-les-Roses » gives "l hay les roses". Letters of other scripts are kept.
    """
    lowered = unicodedata.normalize("NFKD", text.casefold().translate(_APART))
    plain = "".join(letter for letter in lowered if not unicodedata.combining(letter))
    return _OTHER.sub(" ", plain.translate(_APART)).strip()
