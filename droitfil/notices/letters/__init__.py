"""Letters by post: gathered in a batch, drawn as one PDF to print, handed over, and returned.

For those whom nothing electronic reaches, who ask for paper, and for the notices that say so.
"""
