"""Every public page, in one place: weighed, read by axe, walked by keyboard and photographed.

Add a page here when you add an address: a test compares this list with ``droitfil.web.urls``.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Page:
    """``name`` is that of its photographs; ``path`` may carry a query."""

    name: str
    path: str
    status: int = 200
    languages: tuple[str, ...] = ("fr", "en")

    def address(self, base: str, language: str) -> str:
        """The whole address, in ``language`` whatever the browser prefers."""
        joint = "&" if "?" in self.path else "?"
        return f"{base}{self.path}{joint}langue={language}"


PAGES = (
    Page("accueil", "/"),
    Page("ou-en-suis-je", "/ou-en-suis-je"),
    Page("droit", "/droit"),
    Page("droit-recherche", "/droit?q=silence"),
    Page("droit-titres", "/droit/titres"),
    Page("droit-titre", "/droit/titres/L421-1"),
    Page("droit-regles", "/droit/regles"),
    Page("droit-regle", "/droit/regles/R431-5-1-listed"),
    Page("droit-parametres", "/droit/parametres"),
    Page("droit-parametre-taxe", "/droit/parametres/tax_table"),
    Page("droit-parametre-liste", "/droit/parametres/listed_titles"),
    Page("droit-incertain", "/droit/incertain"),
    Page("a-propos", "/a-propos"),
    Page("vie-privee", "/vie-privee"),
    Page("accessibilite", "/accessibilite"),
    Page("developpeurs", "/developpeurs"),
    Page("erreur-404", "/cette-page-n-existe-pas", status=404),
)
