"""Signing in, signing up, passkeys: allauth's flows in pages of our own.

No password exists. No page runs a script, but those of the passkey ceremony, which the browser
itself performs: one static file, and no inline one.
"""
