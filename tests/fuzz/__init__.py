"""Requests drawn at random at every page, by every kind of visitor."""
