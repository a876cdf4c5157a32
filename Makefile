# One environment, .venv/, for every target; `prepare.sh` builds it once and is silent afterwards.
BIN := .venv/bin
DATA := ../shared/data
.PHONY: demo test lint check format bench accuracy faults translations screenshots package package-test ready ready-tests ready-faults ready-package ready-package-test lock

demo: ready          ## the main job on pictures the product draws itself
	@$(BIN)/python packaging/demo.py

test: ready-tests    ## every test but the benchmarks, on two cores
	@$(BIN)/python -m pytest -q -n 2 --dist loadfile

lint: ready          ## format, lint, strict types, import contracts
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo

check: lint test     ## everything that must hold before a change

format: ready
	@$(BIN)/ruff format --quiet .
	@$(BIN)/ruff check --quiet --fix .

bench: ready         ## speed and memory, each as a ratio inside one run; takes minutes
	@$(BIN)/python -m pytest -q -s --override-ini=addopts= --import-mode=importlib --timeout=1800 tests/bench

accuracy: ready      ## what the defaults reach on real pictures, for docs/accuracy.md; takes minutes
	@$(BIN)/python packaging/accuracy.py $(DATA)

faults: ready-faults  ## the long fault runs; takes half an hour, and goes on where it was stopped
	@FAULTS_DONE=build/faults $(BIN)/python -m pytest -q -rs -s --override-ini=addopts= --import-mode=importlib --timeout=900 tests/faults/long

package: ready-package  ## freeze the product, prove it, and make the Debian package
	@$(BIN)/python packaging/build.py

package-test: ready-package-test  ## live a line PC's life with the packages, in a clean Debian and under Wine; as root
	@$(BIN)/python -m pytest -q --override-ini=addopts= --import-mode=importlib -x --timeout=600 tests/bundle

ready:
	@sh packaging/prepare.sh

ready-package:
	@sh packaging/prepare.sh package

ready-package-test:
	@sh packaging/prepare.sh package-test

ready-faults:
	@sh packaging/prepare.sh faults

ready-tests:
	@sh packaging/prepare.sh tests

screenshots: ready   ## a picture of every view, each language, scheme and size, to be looked at
	@$(BIN)/python packaging/screenshots.py build/screenshots
	@cp build/screenshots/fail-1920x1080-dark-en.png docs/window.png

translations: ready  ## take up new texts of the window, and compile what is translated
	@$(BIN)/pyside6-lupdate -extensions py -locations none -no-obsolete ui -ts ui/translations/inspector_zh_CN.ts
	@$(BIN)/pyside6-lrelease -silent ui/translations/inspector_zh_CN.ts -qm ui/translations/inspector_zh_CN.qm

lock:                ## renew the pins; needs `uv`
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	    --upgrade pyproject.toml --extra dev -o requirements/dev.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	    pyproject.toml -c requirements/dev.txt -o requirements/line.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	    pyproject.toml --extra package -c requirements/line.txt \
	    --override requirements/package-overrides.txt -o requirements/package.txt
