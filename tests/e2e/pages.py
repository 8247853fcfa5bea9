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
    #: A form that is sent with a token bears the cookie of that token, and no other.
    cookies: frozenset[str] = frozenset()
    languages: tuple[str, ...] = ("fr", "en")

    def address(self, base: str, language: str) -> str:
        """The whole address, in ``language`` whatever the browser prefers."""
        joint = "&" if "?" in self.path else "?"
        return f"{base}{self.path}{joint}langue={language}"


#: Addresses that give a file, not a page.
FILES = frozenset({"verify-trust", "verify-receipt"})

#: A salaried person's card, renewed in time: what the pages of the questionnaire are shown with.
CARD = "d1=CSP&d1.mot=salarie&d1.titre=L421-1&d1.du=2021-07-01&d1.au=2025-06-30"
WAITS = CARD + (
    "&a1=renouveler&a1.part=d1&a1.titre=L421-1&a1.depot=2025-04-15&a1.voie=enligne&a1.plus=non"
    "&plus=non"
)
#: TC-01: the card granted in November, seen ten days after.
GRANTED = WAITS.replace("a1.plus=non", "a1.plus=decision") + (
    "&a1.sens=granted&a1.decide=2025-11-10&a1.notifie=2025-11-10&a1.mesure=non&jour=2025-11-20"
)
#: TC-03: the same card, asked late; TC-20: a resident's card, asked in its last days.
LATE = WAITS.replace("2025-04-15", "2025-05-20") + "&jour=2025-06-10"
RESIDENT = (
    "d1=CR&d1.mot=resident&d1.titre=L423-6&d1.du=2016-06-01&d1.au=2026-05-31&a1=renouveler"
    "&a1.part=d1&a1.titre=L423-6&a1.depot=2026-05-20&a1.plus=non&plus=non&jour=2026-06-05"
)
#: A first request refused, with an order to leave.
REFUSED = (
    "d1=aucun&a1=premier&a1.part=non&a1.theme=famille&a1.titre=L423-23&a1.depot=2025-11-03"
    "&a1.plus=decision&a1.sens=refused&a1.decide=2026-02-03&a1.notifie=2026-02-03"
    "&a1.mesure=voluntary_departure&plus=non&jour=2026-02-10"
)

TOKEN = frozenset({"jeton"})

#: One's own requests, messages and dates: each is walked in tests/e2e/test_applicant.py, or only
#: receives forms and is walked in tests/web/applicant.
OF_CASES = frozenset(
    {
        "address",
        "address-child",
        "begin",
        "begin-child",
        "begin-children",
        "case",
        "case-answer",
        "case-attestation",
        "case-carry",
        "case-discard",
        "case-letters-read",
        "case-page",
        "case-page-small",
        "case-pages",
        "case-paper",
        "case-piece",
        "case-piece-add",
        "case-piece-withdraw",
        "case-pieces",
        "case-questions",
        "case-resume",
        "case-review",
        "case-start",
        "case-submit",
        "case-withdraw",
        "case-write",
        "declare-child",
        "declared-child",
        "declared-child-add",
        "declared-child-proof",
        "declared-child-proof-withdraw",
        "declared-child-withdraw",
        "message",
        "message-preferences",
        "messages",
        "my-dates",
        "share",
        "share-child",
        "share-child-stop",
        "share-stop",
    }
)
#: The pages where agents work on cases: walked in test_agent, but for those that only receive forms
#: or give a file.
WORK = frozenset(
    {
        "agent", "agent-alerts", "agent-night", "agent-counter", "agent-newcomer", "agent-case",
        "agent-register", "agent-ask", "agent-extend", "agent-produce", "agent-decide",
        "agent-notified", "agent-hand-over", "agent-write", "agent-moves", "agent-address",
        "agent-letters", "agent-form", "agent-pieces", "agent-pages", "agent-post",
        "agent-returns", "agent-unreached", "agent-children", "agent-child", "agent-child-record",
        "agent-amend",
    }
)  # fmt: skip
WORK_FORMS = frozenset(
    {
        "agent-take", "agent-release", "agent-card", "agent-commission", "agent-open",
        "agent-piece", "agent-paper", "agent-letters-read", "agent-piece-add",
        "agent-piece-withdraw", "agent-page", "agent-page-small", "agent-post-pdf",
        "agent-post-manifest", "agent-posted", "agent-child-proof",
    }
)  # fmt: skip

#: Addresses that show nothing to who has not signed in: each is walked in tests/people.
BEHIND = OF_CASES | frozenset(
    {
        *WORK,
        *WORK_FORMS,
        "administration",
        "administration-offices",
        "administration-staff",
        "agent-claim",
        "agent-claims",
        "agent-people",
        "agent-person",
        "agent-unlock",
        "account_confirm_login_code",
        "account_email_verification_sent",
        "account_inactive",
        "account_logout",
        "child",
        "close",
        "link",
        "me",
        "mfa_authenticate",
        "mfa_login_webauthn",
        "passkey-add",
        "passkey-remove",
        "passkeys",
    }
)

#: Addresses that only machines speak to: they show no page; tested in tests/notices.
MACHINES = frozenset({"sms-status"})
#: Addresses of what a night has kept: looked at in tests/web/test_proof_page.py.
KEPT = frozenset({"proof", "proof-json"})

PAGES = (
    Page("accueil", "/"),
    Page("ou-en-suis-je", "/ou-en-suis-je"),
    Page("ou-en-suis-je-suite", "/ou-en-suis-je/suite"),
    Page("ou-en-suis-je-fichier", "/ou-en-suis-je/fichier"),
    Page("question-mention", "/ou-en-suis-je/document-1-mention?d1=CSP"),
    Page("question-dates", f"/ou-en-suis-je/document-1-dates?{CARD}"),
    Page("question-situation", f"/ou-en-suis-je/demande-1-situation?{WAITS}"),
    Page("reponse-attente", f"/ou-en-suis-je/reponse?{WAITS}&jour=2025-07-10"),
    Page("reponse-sans-papier", f"/ou-en-suis-je/reponse?{WAITS}&jour=2025-11-20&recu=non"),
    Page("reponse-accordee", f"/ou-en-suis-je/reponse?{GRANTED}"),
    Page("reponse-en-retard", f"/ou-en-suis-je/reponse?{LATE}"),
    Page("reponse-resident", f"/ou-en-suis-je/reponse?{RESIDENT}"),
    Page("reponse-refus", f"/ou-en-suis-je/reponse?{REFUSED}"),
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
    Page("verifier", "/verifier"),
    Page("preuve", "/preuve"),
    Page("a-propos", "/a-propos"),
    Page("vie-privee", "/vie-privee"),
    Page("accessibilite", "/accessibilite"),
    Page("developpeurs", "/developpeurs"),
    Page("connexion", "/connexion", cookies=TOKEN),
    Page("connexion-courriel", "/connexion/courriel", cookies=TOKEN),
    Page("connexion-encore", "/connexion/encore", cookies=TOKEN),
    Page("connexion-sans-cle", "/connexion/sans-cle", status=403),
    Page("inscription", "/inscription", cookies=TOKEN),
    Page("contester", "/contester/nimporte", cookies=TOKEN),
    Page("courriels", "/courriels/nimporte"),
    Page("erreur-404", "/cette-page-n-existe-pas", status=404),
)
