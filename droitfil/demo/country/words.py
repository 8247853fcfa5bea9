"""What the people of the country write to one another. Everything here is invented."""

from __future__ import annotations

ASKS = (
    "Le justificatif donné est trop ancien.",
    "Le justificatif donné est au nom de quelqu’un d’autre.",
    "La page qui porte l’adresse est illisible.",
    "Il manque la dernière facture.",
)
FROM_PERSON = (
    "Bonjour, mon employeur me demande où en est mon dossier. Merci de votre réponse.",
    "Bonjour, j’ai changé de numéro de téléphone, je l’ai mis à jour.",
    "Bonjour, faut-il que je vienne avec mes originaux ?",
    "Bonjour, je pars voir ma famille cet été : puis-je revenir avec mon attestation ?",
    "Bonjour, ma banque me demande un document récent. Lequel puis-je lui donner ?",
)
FROM_AGENT = (
    "Bonjour, votre dossier est complet, il est à l’examen. Il n’y a rien à faire de plus.",
    "Bonjour, vos originaux vous seront demandés à la remise de la carte seulement.",
    "Bonjour, c’est bien noté. Vous serez prévenu dès que la décision sera prise.",
    "Bonjour, l’attestation de votre dossier suffit : vous la trouvez sur votre page.",
)
REFUSALS = (
    "Motifs inventés pour la démonstration : les conditions du titre ne sont plus réunies.",
    "Motifs inventés pour la démonstration : les études ne sont pas établies.",
)
EMPLOYERS = (
    "Boulangerie du Parc", "Garage des Ulis", "Agence Les Tilleuls", "Café de la Gare",
    "Ménage & Co", "Banque du Centre", "Crèche Les Lutins", "Bâtiment Sud",
)  # fmt: skip
