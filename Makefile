# The project's verbs: `make help` lists them. What they do stands in CMakeLists.txt and scripts/.
JOBS ?= $(shell nproc)
PREFIX ?= /usr/local
CMAKE_FLAGS ?=
export JOBS
MAKEFLAGS += --no-print-directory

.PHONY: build program demo test mutants lint fmt quality maxima coverage numbers csv-differential fuzz bench-csv bench consumers report-test findings asan install package clean help
.NOTPARALLEL:  # the verbs run one after another; each uses JOBS processes itself

build:  ## compile build/moe, build/libmoe.so and build/moe_tests (the default)
	@scripts/install-deps
	@cmake -S . -B build -G "Unix Makefiles" $(CMAKE_FLAGS) >/dev/null
	@cmake --build build --parallel $(JOBS)

program:  ## compile build/moe and build/libmoe.so alone
	@scripts/install-deps
	@cmake -S . -B build -G "Unix Makefiles" $(CMAKE_FLAGS) >/dev/null
	@cmake --build build --parallel $(JOBS) --target moe_program

demo: program  ## train, look at and use a model on the sample data
	@scripts/demo

test: build  ## run every test
	@scripts/run-tests build

mutants:  ## plant N (100) small faults drawn by SEED (1), one at a time, in a copy of the tree, and list those that no test notices: hours
	@scripts/install-deps
	@scripts/mutants $(or $(N),100) $(or $(SEED),1)

lint:  ## check the format, the layers, the scripts, and the C++ with clang-tidy (FILES="...": only these)
	@scripts/install-deps --lint
	@scripts/lint $(FILES)

fmt:  ## format the C++ in place
	@scripts/install-deps --lint
	@scripts/lint --fix-format

quality: program  ## predictions of `moe train --auto` for rows not seen, beside XGBoost's and scikit-learn's (DATA: a folder of tables, SPLITS; needs: see the script)
	@scripts/quality $(DATA) $(or $(SPLITS),3)

maxima:  ## the best known maxima of real data beside moe's, and R's flexmix on the same models (its packages: see the script)
	@scripts/maxima

coverage:  ## simulate how often 95 % intervals hold the truth: 1,000 fits
	@scripts/coverage

numbers: build  ## hold ten million decimals to strtod
	@MOE_NUMBERS=10000000 build/moe_tests "decimals round as strtod rounds them"

csv-differential: build  ## hold the reading of 2,000 tables of every dialect to Python's csv and float() (python3)
	@scripts/csv-differential

fuzz:  ## the CSV reader under libFuzzer and the sanitizers, for FUZZ_SECONDS (clang)
	@scripts/install-deps
	@scripts/fuzz

bench-csv: build  ## how fast tables are read, beside data.table, DuckDB and pandas (what is there: see the script)
	@scripts/bench-csv

bench: build  ## time moe beside PyTorch, flexmix and XGBoost, and the machine's own limits (PARTS="...": see the script)
	@scripts/bench $(PARTS)

consumers: build  ## run exported models in what their formats are for, and hold them to moe (installs what is missing)
	@scripts/consumers $(FORMATS)

report-test: build  ## open pages of `moe report` in Chromium: errors, numbers, accessibility (installs what is missing; SHOTS=FOLDER: pictures)
	@scripts/report-test

findings:  ## see whether other programs still do what surprised us (findings/: npm, apt-get, PostgreSQL; nothing of moe)
	@for finding in findings/*.sh; do echo "$$finding"; "$$finding" || exit 1; done

asan:  ## run every test under the address and undefined-behaviour sanitizers
	@scripts/install-deps
	@cmake -S . -B build-asan -G "Unix Makefiles" -DMOE_SANITIZE=ON $(CMAKE_FLAGS) >/dev/null
	@LSAN_OPTIONS=suppressions=$(CURDIR)/tests/asan-leaks:print_suppressions=0 cmake --build build-asan --parallel $(JOBS)
	@LSAN_OPTIONS=suppressions=$(CURDIR)/tests/asan-leaks:print_suppressions=0 scripts/run-tests build-asan

install: program  ## install under PREFIX (/usr/local); DESTDIR is put before it
	@cmake --install build --prefix "$(PREFIX)"

package: build  ## make build/moe_VERSION_ARCH.deb, install it on a fresh Debian 12 (debootstrap, as root) and try it there
	@scripts/package

clean:  ## remove what was built
	@rm -rf build build-asan build-lint

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-16s %s\n", $$1, $$2 }' Makefile
