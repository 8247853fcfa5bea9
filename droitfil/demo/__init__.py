"""The demonstration: an invented office, its people, one click to be any of them, one date.

Everything here is made by the actions that everyone uses. Nobody in it exists.
"""
