# The one front door. `make` names the doors.

RUNS ?= 2000
SEED ?= $(shell date +%s)
BUILD = cargo build --workspace --bins
DEMO  = .run-demo
CHAOS ?= $(filter-out %/storm.yaml,$(wildcard chaos/experiments/*.yaml))
FILES = --endpoints $(DEMO)/endpoints.json --secrets $(DEMO)/secrets.json

.DEFAULT_GOAL := help
.PHONY: help demo test up down status bench check model-check simulate teeth chaos

help:    ## this list
	@grep -hE '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

demo:    ## everything up, every service killed under load, judged; SEED=7 chooses the run
	$(BUILD) && BREAKWATER_COMMAND='make demo' target/debug/platform run --dir $(DEMO) -- target/debug/loadgen run $(FILES) --seed $(SEED) --method 'target/debug/chaos apply chaos/experiments/kill-each-service.yaml $(FILES)'

test:    ## every test there is
	$(BUILD) && target/debug/platform install && cargo test --workspace --no-fail-fast

up:      ## everything, until Ctrl-C
	$(BUILD) && target/debug/platform up

down:    ## stop what `make up` left, if anything
	target/debug/platform down

status:  ## every process
	target/debug/platform status

chaos:   ## every experiment but the storm, each judged; CHAOS='chaos/experiments/storm.yaml' runs others
	$(BUILD) --features assembly/crash-points && target/debug/platform run --links --dir $(DEMO) -- target/debug/chaos run $(CHAOS) $(FILES)

bench:   ## the figures of BENCHMARKS.md, on this machine
	$(BUILD) --release && target/release/bench --write BENCHMARKS.md

model-check: ## every state of the sagas, over the production cores
	$(BUILD) && target/debug/model-check

simulate: ## seeded worlds of the production pipeline: SEED=7 replays one, RUNS=500 runs as many
	$(BUILD) && target/debug/simulate $(if $(filter file,$(origin SEED)),--runs $(RUNS),--seed $(SEED) --timeline)

teeth:   ## careless variants of our own code, each built, run and caught; TEETH='--level model' runs some
	$(BUILD) && target/debug/teeth run --write $(TEETH)

check:   ## format, lints, and licences where cargo-deny is installed
	cargo fmt --all --check && cargo clippy --workspace --all-targets -- -D warnings && cargo clippy -p assembly --features crash-points -- -D warnings && if cargo deny --version >/dev/null 2>&1; then cargo deny check licenses bans sources; fi
