"""Every write about people: ``linking`` (accounts and files), ``files``, ``staff``."""
