"""The invented country: its people and a year of their lives, lived by the actions of everyone.

:mod:`figures` says how many of what, and where each figure comes from; :mod:`places` who lives and
works where; :mod:`population` who is born in it; :mod:`lives` what happens to them, with
:mod:`waiting` and :mod:`beside` on a :mod:`scene`; :mod:`film` plays the year once, in a database
of its own; :mod:`file` keeps what is left of it, and
:mod:`load` brings an instance there in seconds. The same seed gives the same bytes.
"""
