"""Papers that anyone can verify: signed when issued, drawn when asked for, revoked at once.

What is signed is any :class:`droitfil.rules.seal.Paper`: nothing here knows a case. What verifies
without the platform (``codes``, ``sealed_pdf``, ``pictures``, ``trust``, ``offline``) needs no
Django and no database.
"""
