"""The journal: what was done, by whom, when; append-only, chained, and the outbox it feeds.

The only history of the house. Entries are written with the fact they tell, in its transaction;
a sealer chains them afterwards, so that writers never wait for one another.
"""
