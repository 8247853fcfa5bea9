# Droitfil : « make » seul montre ce que l'on peut faire.
SHELL := /bin/bash
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
UV := VIRTUAL_ENV=$(VENV) $(BIN)/uv
# The first Python of the machine that is recent enough.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)

TOOLS := $(VENV)/.outils
READY := $(VENV)/.installe
DEV := $(VENV)/.outils-de-test
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard droitfil/locale/*/LC_MESSAGES/*.po))
LOCK := pip compile --universal --python-version 3.11 --generate-hashes --quiet \
	--no-emit-index-url --no-emit-find-links --no-header
# The peers that « make bench » measures beside us, each locked and installed apart from the rest.
SPIFFWORKFLOW := spiffworkflow==3.2.0
OPENFISCA := openfisca-core==46.0.1
HELPDESK := django-helpdesk==2.6.1

.PHONY: help install demo demo-reset test check fix bench messages screens soak lock system dev
.DELETE_ON_ERROR:

help: ## Cette liste
	@echo "Droitfil. Les commandes :"
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) \
		| awk -F ':.*## ' '{ printf "  make %-11s %s\n", $$1, $$2 }'

install: $(READY) $(CATALOGUES) ## Prépare .venv et la commande .venv/bin/droitfil
	@:

demo: install ## Charge le pays inventé, montre sa nuit et sa preuve, puis sert les pages jusqu'à Ctrl-C (PORT= pour choisir)
	@$(BIN)/droitfil demo load
	@echo
	@echo "▸ La preuve de la dernière nuit : droitfil proof (une autre nuit : droitfil night)"
	@echo
	@$(BIN)/droitfil proof 2> $(VENV)/proof.log || { $(BIN)/droitfil night && echo && $(BIN)/droitfil proof; }
	@exec $(BIN)/droitfil serve $(if $(PORT),--port '$(PORT)')

demo-reset: install ## Efface la démonstration et la ramène au vrai jour
	@$(BIN)/droitfil demo reset

test: dev system ## Prépare ce qu'il faut aux tests et les passe (ARGS= pour en choisir)
	@$(BIN)/python -m pytest -n 2 $(ARGS)

check: dev ## Style, types, sens des imports, sécurité, verrous, réglages
	@echo "▸ ruff";            $(BIN)/ruff check .
	@echo "▸ ruff format";     $(BIN)/ruff format --check .
	@echo "▸ mypy";            $(BIN)/mypy
	@echo "▸ sens des imports"; $(BIN)/lint-imports --no-cache > $(VENV)/imports.log || { cat $(VENV)/imports.log; exit 1; }
	@echo "▸ bandit";          $(BIN)/bandit --quiet -c pyproject.toml -r droitfil config 2> $(VENV)/bandit.log || { cat $(VENV)/bandit.log; exit 1; }
	@echo "▸ deptry";          $(BIN)/deptry . 2> $(VENV)/deptry.log || { cat $(VENV)/deptry.log; exit 1; }
	@echo "▸ verrous"
	@! grep -nEi '://|--(extra-)?index|--find-links|--trusted-host' requirements*.lock bench/peers/locks/*.lock \
		|| { echo "Un fichier de verrou contient une adresse : refaites-le par « make lock »."; exit 1; }
	@for name in uv.lock pylock.toml; do [ ! -e $$name ] \
		|| { echo "$$name note l'adresse d'un dépôt : il ne doit pas exister ici."; exit 1; }; done
	@echo "▸ réglages de production"
	@DROITFIL_ENV=production DROITFIL_SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(60))') \
		DROITFIL_HOSTS=exemple.invalid DROITFIL_SMTP=smtps://exemple.invalid DROITFIL_KEYS=/tmp \
		DATABASE_URL=postgresql://personne@localhost/rien \
		$(BIN)/python manage.py check --deploy --fail-level WARNING
	@echo "▸ migrations"
	@DROITFIL_ENV=test $(BIN)/python manage.py makemigrations --check --dry-run
	@echo "Tout est en ordre."

fix: dev ## Corrige ce qui se corrige seul (style, imports)
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

bench: dev ## Mesure chaque barre de performance, sur 500000 personnes inventées (PEOPLE= pour choisir), et trois autres programmes à côté (CASES=) ; échoue si l'une est manquée
	@$(BIN)/python -m bench

messages: dev ## Rassemble les phrases à traduire (pages et droit) dans droitfil/locale/
	@$(BIN)/pybabel --quiet extract --mapping babel.cfg --keyword gettext_lazy \
		--keyword ngettext_lazy:1,2 --add-location file --sort-by-file --project Droitfil \
		--output $(VENV)/django.pot .
	@$(BIN)/pybabel --quiet update --domain django --input-file $(VENV)/django.pot \
		--output-dir droitfil/locale --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
	@$(BIN)/pybabel --quiet extract --mapping babel-law.cfg --add-location file --sort-by-file \
		--project Droitfil --output $(VENV)/law.pot .
	@$(BIN)/pybabel --quiet update --domain law --input-file $(VENV)/law.pot \
		--output-dir droitfil/locale --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date

screens: dev system ## Photographie chaque page dans docs/screens/
	@$(BIN)/python -m tests.e2e.screens

soak: dev system ## Ce qui est long : situations nouvelles, site sans repos, nuits tuées, foule tirée au sort, réplique promue, mise à niveau, demandes au hasard, pannes, une année, le pays, noyau altéré (des heures)
	@$(BIN)/python -m bench.soak

lock: $(TOOLS) ## Refait les fichiers de verrou à partir de pyproject.toml, et ceux des pairs que bench mesure
	@$(UV) $(LOCK) pyproject.toml -o requirements.lock
	@$(UV) $(LOCK) --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	@echo 'uv>=0.13,<0.14' | $(UV) $(LOCK) - -o requirements-uv.lock
	@echo '$(SPIFFWORKFLOW)' | $(UV) $(LOCK) - -o bench/peers/locks/spiffworkflow.lock
	@echo '$(OPENFISCA)' | $(UV) $(LOCK) - -o bench/peers/locks/openfisca-core.lock
	@grep -hE '^(django|granian|psycopg|psycopg-pool)==' requirements.lock | cut -d' ' -f1 \
		| { cat; echo 'psycopg[binary,pool] $(HELPDESK)' | tr ' ' '\n'; } \
		| $(UV) $(LOCK) - -o bench/peers/locks/django-helpdesk.lock

system: ## Installe ce que seul le système peut donner (system-packages.txt)
	@bash scripts/install-system-packages system-packages.txt

# --- What the names above rest on. A stamp newer than its lock file means: nothing to do.

dev: $(DEV) $(CATALOGUES)
	@:

$(TOOLS): requirements-uv.lock
	@[ -n "$(PYTHON)" ] || { echo "Il faut Python 3.11 ou plus récent (paquets python3 et python3-venv)."; exit 1; }
	@echo "▸ Préparation de $(VENV) (une fois)…"
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "L'environnement n'a pas pu être créé : installez le paquet python3-venv, puis recommencez."; exit 1; }
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r $<
	@touch $@

# One lock serves both: whoever has the test tools keeps them.
$(READY): requirements.lock pyproject.toml $(TOOLS)
	@lock=requirements.lock; [ ! -e $(DEV) ] || lock=requirements-dev.lock; \
		echo "▸ Bibliothèques de $$lock (téléchargées la première fois)…"; \
		$(UV) pip sync --quiet --require-hashes $$lock
	@$(UV) pip install --quiet --no-deps --no-index --editable .
	@[ ! -e $(DEV) ] || touch $(DEV)
	@touch $@

$(DEV): requirements-dev.lock pyproject.toml $(TOOLS)
	@echo "▸ Bibliothèques de test (téléchargées la première fois)…"
	@$(UV) pip sync --quiet --require-hashes requirements-dev.lock
	@$(UV) pip install --quiet --no-deps --no-index --editable .
	@touch $(READY) $@

# The law's sentences hold "{names}", never "%": Babel would take "60 % de" for a format.
%/law.mo: %/law.po | $(TOOLS)
	@$(BIN)/python -c 'import sys; from babel.messages import mofile, pofile; \
		mofile.write_mo(open(sys.argv[2], "wb"), pofile.read_po(open(sys.argv[1], "rb")))' $< $@

%.mo: %.po | $(TOOLS)
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@
