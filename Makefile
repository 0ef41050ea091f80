# Everything that the project can do, for whoever cloned it. `make help` lists it.

PREFIX ?= /usr/local
SWIFT ?= swift
# Static: the command starts in half the time and needs no Swift where it is installed.
RELEASE = -c release --static-swift-stdlib

.PHONY: help setup build release demo test docs simulate fuzz fuzzhub damage mutations sanitize bench accuracy contention format formatted lint check schema install deb clean

help:  ## Show this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup:  ## Install the system packages that are missing
	@scripts/setup

build: setup  ## Build the command for development
	$(SWIFT) build

release: setup  ## Build the command for use: .build/release/archivectl
	$(SWIFT) build $(RELEASE) --product archivectl

demo: setup  ## Build, and show the main job from beginning to end on real text
	@$(SWIFT) build --product archivectl
	@scripts/demo "$$($(SWIFT) build --show-bin-path)/archivectl"

test: setup  ## Run all tests
	@scripts/test

check: test formatted  ## Run all tests and what takes longer: 20,000 schedules, faults, processes that write at once
	@$(MAKE) simulate
	@$(MAKE) damage N=100
	@$(MAKE) contention

simulate: setup  ## Live through SEEDS=n random schedules of faults from FIRST=seed on
	@$(SWIFT) build $(RELEASE) --product simulate
	@"$$($(SWIFT) build $(RELEASE) --show-bin-path)/simulate" $(or $(SEEDS),20000) $(or $(FIRST),1)

fuzz: setup  ## Try every decoder for SECONDS=n each with inputs that libFuzzer makes up
	@Fuzz/run $(or $(SECONDS),60) $(TARGETS)

fuzzhub: build  ## Try a hub with requests made up from docs/openapi.yaml
	@Fuzz/hub "$$($(SWIFT) build --show-bin-path)/archivectl" $(EXAMPLES)

damage: release  ## Damage archives, logs, indexes, backups and remotes at random, N=n times from seed SEED=n on
	@Tests/Damage/damage.py "$$($(SWIFT) build $(RELEASE) --show-bin-path)/archivectl" --runs $(or $(N),1000) --seed $(or $(SEED),1)

mutations: setup  ## Plant bugs in a copy, one at a time, and let SEEDS=n schedules find them
	@Tests/Mutations/run $(or $(SEEDS),20000)

# Leaks are not looked for: Swift hides pointers in the bits of others (weak references, enumerations), which then look leaked.
sanitize: setup  ## Run the tests of the archive and of sync under AddressSanitizer and ThreadSanitizer
	ASAN_OPTIONS=detect_leaks=0 SWIFT_BACKTRACE=enable=no $(SWIFT) test --disable-xctest --sanitize address --scratch-path .build-asan --skip 'HubTests|CommandTests'
	SWIFT_BACKTRACE=enable=no $(SWIFT) test --disable-xctest --sanitize thread --scratch-path .build-tsan --skip 'HubTests|CommandTests'

bench: release  ## Measure beside git, fossil, rsync, ripgrep and SQLite in one run; writes docs/benchmarks.md
	@Benchmarks/run "$$($(SWIFT) build $(RELEASE) --show-bin-path)/archivectl"

accuracy: release  ## Measure how well FOLDERS of texts, made into compilations, and TRUTHS are split
	@Benchmarks/splitting.py "$$($(SWIFT) build $(RELEASE) --show-bin-path)/archivectl" $(FOLDERS)
	@$(SWIFT) build $(RELEASE) --product benchmark-split
	@books=$$(mktemp -d) && Benchmarks/books.py "$$books" && \
		Benchmarks/truth.py "$$($(SWIFT) build $(RELEASE) --show-bin-path)/benchmark-split" "$$books" $(TRUTHS); rm -rf "$$books"

contention: setup  ## Have four processes write to one archive for SECONDS=n, and look for all that they acknowledged
	CONTENTION_SECONDS=$(or $(SECONDS),60) scripts/test --filter ContentionTests

docs: setup  ## Write the documentation of the Swift modules Archive and Sync as web pages to FOLDER=folder
	@scripts/docs $(or $(FOLDER),.build/documentation)

format:  ## Bring all Swift sources into the form that .swift-format describes
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests Tools Fuzz Benchmarks

formatted:  ## Check that they are
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests Tools Fuzz Benchmarks

lint: setup formatted  ## Build everything with warnings as errors, and check the form of the sources
	LINT=1 $(SWIFT) build --build-tests --scratch-path .build-lint

schema: setup  ## Write docs/schema, the JSON Schemas of what the commands print
	@$(SWIFT) build --product write-schemas
	@"$$($(SWIFT) build --show-bin-path)/write-schemas" Sources/Interchange docs/schema

install: release  ## Install the command, its manual pages and completions under PREFIX (/usr/local)
	@DESTDIR="$(DESTDIR)" PREFIX="$(PREFIX)" packaging/install "$$($(SWIFT) build $(RELEASE) --show-bin-path)/archivectl"

deb: release  ## Build a Debian package in .build/deb, and try to install and remove it
	@packaging/deb "$$($(SWIFT) build $(RELEASE) --show-bin-path)/archivectl" .build/deb

clean:  ## Remove what was built
	rm -rf .build .build-*
