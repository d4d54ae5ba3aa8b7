# Everything Penstock does for a developer; `make` lists it.
.DEFAULT_GOAL := help
.PHONY: help run test bench fuzz simulate lint format sanitize stubs venv venv-ccxt packages clean

SWIFT_FILES := Package.swift Sources Tests

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 12

run: ## a simulated market and a gateway on loopback, with hints what to do next
	@.ci/install-packages build
	@swift build -c release --product penstock
	@exec .ci/demo

test: ## everything that can be wrong, in under twenty minutes
	@.ci/install-packages test
	@.ci/get-promtool
	@.ci/make-venv $(if $(wildcard ../shared/harness/ccxt),ccxt)
	@.ci/test

bench: ## what one process can measure: ingest, encoding, publishing, counts, sizes, gzip
	@.ci/install-packages build
	@swift build -c release --product Benchmarks
	@.build/release/Benchmarks

lint: ## style that a machine can judge
	@swift format lint --strict --parallel --recursive $(SWIFT_FILES)

format: ## rewrite the sources as lint wants them
	@swift format --in-place --parallel --recursive $(SWIFT_FILES)

sanitize: ## every test under the thread sanitizer, the unit tests under the address sanitizer
	@.ci/install-packages test
	@.ci/get-promtool
	@.ci/make-venv $(if $(wildcard ../shared/harness/ccxt),ccxt)
	@.ci/sanitize

# What it keeps goes to .build/corpora; SECONDS=merge moves what is new there to Tests/Fuzz/corpora,
# which the tests replay.
TARGET ?= http2
SECONDS ?= 600
fuzz: ## search for inputs that break one TARGET for SECONDS
	@.ci/install-packages build
	@.ci/fuzz $(TARGET) $(SECONDS)

# A failure prints its seed; FIRST=that SEEDS=1 TRACE=--trace shows how it came to it.
SEEDS ?= 10000
FIRST ?= 1
TRACE ?=
simulate: ## lives of whole servers and clients from SEEDS seeds, every invariant looked at
	@.ci/install-packages build
	@swift build -c release --product FanoutSimulation
	@.build/release/FanoutSimulation --seeds $(SEEDS) --first $(FIRST) $(TRACE)

stubs: venv ## the Python messages and stubs anew, from Protos
	@.venv/bin/python -m grpc_tools.protoc -I Protos --python_out=clients/python \
		--pyi_out=clients/python penstock/v1/options.proto penstock/v1/market_data.proto
	@.venv/bin/python -m grpc_tools.protoc -I Protos --grpc_python_out=clients/python \
		penstock/v1/market_data.proto

venv: ## .venv for the Python client and its tests
	@.ci/make-venv

venv-ccxt: ## .venv, and ccxt for the check of the simulator
	@.ci/make-venv ccxt

packages: ## the Debian packages that are missing
	@.ci/install-packages test

clean: ## remove what was built
	@rm -rf .build .venv
