# What people and machines type. `make help` lists it.

PYTHON  = python3
PHOTOS  =
OPTIONS =
MINUTES = 60
FUZZ    = 120

BIN     = .venv/bin
INSTALL = $(BIN)/uv pip install --python $(BIN)/python --constraints constraints.txt --build-constraints constraints.txt
PINS    = constraints.txt pyproject.toml
ALL = --extra postgres --extra redis --extra codeformer --extra insightface --extra dctnet --group demo --group check --group audit --group test --group pages --group bench --group install

.PHONY: help run studio pages test faults check docs gallery screenshots bench bench-full soak constraints clean

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' Makefile | while IFS='|' read -r name text; do printf '  make %-12s %s\n' "$$name" "$$text"; done

run: .venv/ready-demo ## enlarge the sample photos, or PHOTOS="a.jpg folder/", into out/
	@set -- $(PHOTOS); \
	if [ $$# -eq 0 ]; then set -- $$($(BIN)/python docs/samples.py); fi; \
	$(BIN)/safelight enhance "$$@" --output out --sheet out/before-after.jpg $(OPTIONS) && \
	echo "The results are in out/, side by side with the originals in out/before-after.jpg."

studio: .venv/ready-run pages ## start the web studio and the service; OPTIONS="--port 9000" changes it
	@$(BIN)/safelight serve $(OPTIONS)

pages: .venv/ready-pages ## build the pages of the web studio, if their sources have changed
	@$(BIN)/python web/pages.py

test: .venv/ready-test pages ## run the tests; OPTIONS="-k tiling" picks some of Python's
	@$(if $(OPTIONS),,$(BIN)/python web/node.py test)
	@$(BIN)/python -m pytest $(if $(OPTIONS),$(OPTIONS),-n auto --dist loadfile)

faults: .venv/ready-test ## kill processes, take away database and disk: the long form of those tests, some minutes
	@SAFELIGHT_FAULTS=long $(BIN)/python -m pytest tests/faults tests/tasks/test_state_machine.py $(OPTIONS)

hostile: .venv/ready-test ## attack a service with hundreds of hostile inputs, and print what came back; FUZZ=5000 takes longer
	@HOSTILE_TABLE=1 HOSTILE_FUZZ=$(FUZZ) $(BIN)/python -m pytest tests/hostile -q -n0 -p no:warnings $(OPTIONS)

check: .venv/ready-test .venv/ready-pages ## check style, types and import contracts
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python web/node.py run check

audit: .venv/ready-audit .venv/ready-pages ## look for known weaknesses in what is installed, in the code, and at licences
	@$(BIN)/python web/audit.py

docs: .venv/ready-test .venv/ready-pages ## write docs/reference.md and web/openapi.json anew from the code
	@$(BIN)/python docs/write_reference.py
	@$(BIN)/python docs/write_openapi.py
	@$(BIN)/python web/node.py run types

gallery: .venv/ready-demo ## make docs/gallery.md, its pictures and those on the studio's cards anew
	@$(BIN)/python docs/write_gallery.py
	@$(BIN)/python docs/write_examples.py

screenshots: .venv/ready-test pages ## make the pictures of the web studio in the docs anew; needs Chromium
	@$(BIN)/python docs/write_screenshots.py

bench: .venv/ready-bench ## compare with the peers on this machine; OPTIONS="speed" picks some
	@$(BIN)/python -m bench $(OPTIONS)

bench-full: .venv/ready-bench ## all benches, also those that take long, and docs/performance.md anew
	@$(BIN)/python -m bench start speed memory quality memory-full profile --page

soak: .venv/ready-bench ## an hour of mixed work for the service, and whether its memory grows; MINUTES=3 is shorter
	@SOAK_MINUTES=$(MINUTES) $(BIN)/python -m bench soak

constraints: .venv/uv ## pin what is new in pyproject.toml; OPTIONS=--upgrade pins the newest of all
	@$(BIN)/uv pip compile pyproject.toml $(ALL) --universal --python-version 3.11 --quiet \
	  --no-header --no-annotate --no-emit-index-url --no-emit-find-links --output-file constraints.txt $(OPTIONS)
	@{ echo '# The versions that Safelight is tested with. Made by `make constraints`.'; cat constraints.txt; } > constraints.new
	@mv constraints.new constraints.txt

clean: ## remove everything that make made; fetched weights in the data folder stay
	rm -rf .venv .cache .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache out build dist
	rm -rf web/node_modules src/safelight/pages
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# An environment of its own. uv is installed into it with pip; everything else with uv, which takes packages that fit
# together. The ready-* files tell that a set of packages is there, so that it is not installed twice.

.venv/uv: constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Safelight needs Python 3.11 or newer, and $(PYTHON) is not. Name another one: make run PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv .venv || { \
	  echo "$(PYTHON) cannot make an environment; on Debian and Ubuntu it needs the package python3-venv" >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt uv
	@touch $@

.venv/ready-run: .venv/uv $(PINS)
	$(INSTALL) --editable .
	@touch $@

.venv/ready-demo: .venv/uv $(PINS)
	$(INSTALL) --editable . --group demo
	@touch $@

.venv/ready-test: .venv/uv $(PINS)
	$(INSTALL) --editable . --group check --group test
	@touch $@

.venv/ready-audit: .venv/ready-test
	$(INSTALL) --group audit
	@touch $@

# Node comes along only where the machine has none that is new enough.
.venv/ready-pages: .venv/uv $(PINS)
	@$(BIN)/python web/node.py --found || $(INSTALL) --group pages
	@touch $@

.venv/ready-bench: .venv/uv $(PINS)
	$(INSTALL) --editable . --group bench
	@touch $@
