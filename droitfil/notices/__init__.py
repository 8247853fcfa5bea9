"""Notices: what people are told, where it was sent, whether it arrived.

A message stands in the inbox at once; copies of it leave by e-mail and text message through the
journal's outbox. What is stored is a template's name, its version and codes: the words are made
when they are read or sent.
"""
