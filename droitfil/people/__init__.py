"""Accounts, the people whose files they are, and who may see whom.

An account signs in; a person has a file. The two are linked by three facts that only the person
and the prefecture know (:mod:`~droitfil.people.actions`). ``access`` says who may see a person,
once as a predicate and once as a filter. Nobody is ever deleted here.
"""
