"""Uploads: checked, scanned, cleaned, encrypted. Knows no case and no person.

Whoever calls owns the link to a case and the right to read. What arrives is examined in a process
of its own (``cleaner``), scanned by ClamAV (``antivirus``), and kept twice, the original and a
cleaned copy, each under its own key (``vault``). Only the cleaned copy is ever shown.
"""
