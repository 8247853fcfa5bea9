"""Settings read from the environment, typed: an unknown name or value is refused in a sentence.

Every reader takes the variable's name and what it is worth when absent. A secret may also be given
as a file: ``X_FILE`` names a file whose first line is the value of ``X``.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

TRUE, FALSE = ("1", "oui", "true"), ("0", "non", "false")
DATABASE_SCHEMES = ("postgresql", "postgres")
MAIL_PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
#: What libpq understands in the query of an address, and no more.
DATABASE_OPTIONS = (
    "application_name", "connect_timeout", "host", "sslcert", "sslcrl", "sslkey", "sslmode",
    "sslrootcert", "target_session_attrs",
)  # fmt: skip


class BadEnvironment(Exception):
    """A variable that cannot be used; its text is a French sentence for the operator."""


@dataclass
class Environment:
    """The variables of a process, and the names asked of it so far."""

    variables: Mapping[str, str]
    asked: set[str] = field(default_factory=set)

    def text(self, name: str, default: str = "") -> str:
        """The value without surrounding blanks; ``default`` when absent or empty."""
        self.asked.add(name)
        return self.variables.get(name, "").strip() or default

    def choice(self, name: str, choices: Iterable[str], default: str) -> str:
        """One of ``choices``. :raises BadEnvironment: for anything else."""
        value, allowed = self.text(name, default), list(choices)
        if value not in allowed:
            raise BadEnvironment(
                f"{name} vaut « {value} », valeur inconnue{_nearest(value, allowed)} "
                f"Valeurs admises : {', '.join(allowed)}."
            )
        return value

    def boolean(self, name: str, default: bool) -> bool:
        """``1``, ``oui``, ``true`` or ``0``, ``non``, ``false``."""
        value = self.text(name).lower()
        if not value:
            return default
        if value in TRUE or value in FALSE:
            return value in TRUE
        raise BadEnvironment(f"{name} vaut « {value} » : écrivez 1 (oui) ou 0 (non).")

    def integer(self, name: str, default: int, *, least: int, most: int) -> int:
        """A whole number between ``least`` and ``most``, both included."""
        value = self.text(name)
        if not value:
            return default
        if not value.isascii() or not value.isdigit() or not least <= int(value) <= most:
            raise BadEnvironment(
                f"{name} vaut « {value} » : écrivez un nombre entier de {least} à {most}."
            )
        return int(value)

    def words(self, name: str) -> list[str]:
        """A list written with commas."""
        return [word.strip() for word in self.text(name).split(",") if word.strip()]

    def folder(self, name: str) -> Path | None:
        """An existing folder, None when absent."""
        value = self.text(name)
        if not value:
            return None
        if not Path(value).is_dir():
            raise BadEnvironment(f"{name} nomme « {value} », qui n'est pas un dossier.")
        return Path(value).resolve()

    def socket(self, name: str) -> Path | tuple[str, int] | None:
        """Where a server listens: an absolute path (Unix socket) or host:port; None when absent."""
        value = self.text(name)
        if not value:
            return None
        if value.startswith("/"):
            return Path(value)
        host, _, port = value.rpartition(":")
        if not host or not port.isascii() or not port.isdigit() or not 1 <= int(port) <= 65535:
            raise BadEnvironment(
                f"{name} vaut « {value} » : écrivez le chemin d'une socket (/run/…) ou "
                "machine:port."
            )
        return host.strip("[]"), int(port)

    def secret(self, name: str) -> str:
        """The value of ``name``, or the first line of the file that ``name_FILE`` names."""
        value, path = self.text(name), self.text(f"{name}_FILE")
        if value and path:
            raise BadEnvironment(f"{name} et {name}_FILE sont donnés tous deux : gardez-en un.")
        if not path:
            return value
        try:
            lines = Path(path).read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise BadEnvironment(f"{name}_FILE nomme « {path} », qui ne se lit pas.") from error
        if not lines or not lines[0].strip():
            raise BadEnvironment(f"{name}_FILE nomme « {path} », qui est vide.")
        return lines[0].strip()

    def database(self, name: str) -> dict[str, Any] | None:
        """Django's connection settings for an address ``postgresql://user@host/base``.

        Several servers are written ``user@one:5432,two:5432``: a primary and those that may take
        its place; the one that accepts writing is sought at each connection, unless
        ``target_session_attrs`` says otherwise. None when absent. The address itself never appears
        in a refusal: it may hold a password.
        """
        address = self.secret(name)
        if not address:
            return None
        try:
            parts = urlsplit(address)
            servers = [
                urlsplit(f"//{server}") for server in parts.netloc.rpartition("@")[2].split(",")
            ]
            ports = [str(server.port or "") for server in servers]
        except ValueError as error:
            raise BadEnvironment(f"{name} ne se lit pas comme une adresse.") from error
        if parts.scheme not in DATABASE_SCHEMES:
            raise BadEnvironment(
                f"{name} commence par « {parts.scheme}: » : Droitfil ne connaît que PostgreSQL. "
                "Écrivez postgresql://utilisateur:motdepasse@machine:5432/base."
            )
        base = unquote(parts.path.lstrip("/"))
        if not base:
            raise BadEnvironment(f"{name} ne nomme pas de base : ajoutez /base à la fin.")
        options = dict(parse_qsl(parts.query, keep_blank_values=True))
        for option in options:
            if option not in DATABASE_OPTIONS:
                raise BadEnvironment(
                    f"{name} porte l'option « {option} », inconnue"
                    f"{_nearest(option, DATABASE_OPTIONS)} "
                    f"Options admises : {', '.join(DATABASE_OPTIONS)}."
                )
        host = options.pop("host", "")
        if not host:
            host = ",".join(unquote(server.hostname or "") for server in servers)
        if "," in host:
            options.setdefault("target_session_attrs", "read-write")
        return {
            "NAME": base,
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": host,
            "PORT": ",".join(ports) if any(ports) else "",
            "OPTIONS": options,
        }

    def mail_server(self, name: str) -> dict[str, Any] | None:
        """What sends messages: ``smtp://host:25``, ``smtp+tls://user:word@host:587`` (STARTTLS) or
        ``smtps://user:word@host:465``. None when absent; the address never appears in a refusal.
        """
        address = self.secret(name)
        if not address:
            return None
        try:
            parts = urlsplit(address)
            host, port = parts.hostname, parts.port
        except ValueError as error:
            raise BadEnvironment(f"{name} ne se lit pas comme une adresse.") from error
        if parts.scheme not in MAIL_PORTS or not host:
            raise BadEnvironment(
                f"{name} ne nomme pas de serveur : écrivez "
                "smtp+tls://utilisateur:motdepasse@machine:587."
            )
        return {
            "host": host,
            "port": port or MAIL_PORTS[parts.scheme],
            "user": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
            "starttls": parts.scheme == "smtp+tls",
            "tls": parts.scheme == "smtps",
        }

    def web_service(self, name: str) -> str:
        """The address of a service, ``https://…``, or ``http://`` on this machine only.

        Empty when absent. What may identify us stands elsewhere: a password in it is refused.
        """
        address = self.text(name)
        if not address:
            return ""
        try:
            parts = urlsplit(address)
            host, _port = parts.hostname, parts.port
        except ValueError as error:
            raise BadEnvironment(f"{name} ne se lit pas comme une adresse.") from error
        if not host or parts.scheme not in ("http", "https") or parts.username:
            raise BadEnvironment(
                f"{name} ne nomme pas de service : écrivez https://machine/chemin, sans mot de "
                "passe."
            )
        if parts.scheme == "http" and host not in ("localhost", "127.0.0.1", "::1"):
            raise BadEnvironment(
                f"{name} enverrait des messages en clair : écrivez https:// (http:// n'est admis "
                "que vers cette machine)."
            )
        return address

    def refuse_unknown(self, prefix: str, *, known: Iterable[str] = ()) -> None:
        """Refuses a variable that begins with ``prefix`` and that nothing has asked for.

        :param known: names read elsewhere than here.
        """
        names = sorted({*self.asked, *known})
        for name in sorted(self.variables):
            if name.startswith(prefix) and name not in names:
                raise BadEnvironment(
                    f"La variable {name} n'existe pas{_nearest(name, names)} "
                    f"Variables connues : {', '.join(n for n in names if n.startswith(prefix))}."
                )


def _nearest(word: str, words: Iterable[str]) -> str:
    near = difflib.get_close_matches(word, list(words), n=1)
    return f" (vouliez-vous dire « {near[0]} » ?)." if near else "."
