# The commands of this project. `make run` and `make test` are all one needs.
.PHONY: run test test-engines check build engine engine-stop pins audit messages pictures clean
.SILENT:

run: ## serve on http://127.0.0.1:8000 (BIND, PORT, DOCKER_HOST, ENGINE=off)
	scripts/run

test: ## the whole suite; ARGS="tests/engine -k frames" for a part
	scripts/prepare test
	scripts/environment test
	$(or $(VENV),.venv)/bin/python scripts/test.py $(ARGS)

test-engines: ## the real engine's tests on newer Docker engines and on Podman; ENGINES="podman" for one, ARGS for pytest
	scripts/prepare test
	scripts/environment test engines
	scripts/engine_trees
	.venv/bin/python scripts/test_engines.py $(ENGINES) -- $(ARGS)

check: ## format, lint, types, layers, migrations, templates, JavaScript
	scripts/prepare test
	scripts/check

build: ## the front end into static/dist/
	scripts/prepare test

engine: ## the private engine with its demonstration containers
	scripts/environment engine
	scripts/engine start
	scripts/engine demo

engine-stop: ## stop the private engine (scripts/engine remove forgets its containers too)
	scripts/engine stop

pins: ## write constraints.txt from what is installed
	{ echo "# Every Python package, direct or brought along, at the version that was tried. Made by: make pins"; \
	  .venv/bin/python -m pip freeze | LC_ALL=C sort -f; } > constraints.txt

audit: ## known weaknesses of what is pinned
	.venv/bin/pip-audit --no-deps --disable-pip -r constraints.txt
	npm audit --omit=dev

messages: ## collect what is to be translated into locale/ (needs gettext)
	mkdir -p locale
	.venv/bin/python manage.py makemessages --locale en --ignore node_modules --ignore var

pictures: ## docs/img/ from the running program
	scripts/prepare test
	scripts/environment test
	.venv/bin/python scripts/pictures

clean: ## what was built and installed; the data below var/data/ stays
	rm -rf .venv node_modules static/dist var/stamps var/pytest var/venv-3.13 var/engines
