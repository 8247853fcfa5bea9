"""A post office and a telephone network of this machine, for the demonstration and the tests.

Real servers, spoken to as any other by SMTP and HTTP; what they receive stays in a folder.
"""
