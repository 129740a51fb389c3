# The two commands for a newcomer: `make demo` and `make test`. Both install what is missing, and say so.

SHELL := bash

.PHONY: help build demo test bench format clean

help: ## list these targets
	@sed -n 's/^\([a-z]*\):.* ## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

build: ## build bin/virtkeep
	@scripts/build

demo: build ## back up a running virtual machine, and watch
	@scripts/demo

test: ## run all tests, real QEMU included
	@scripts/test

bench: build ## compare with peers, side by side
	@scripts/bench

format: ## format the sources
	@. scripts/env && mvn -q spotless:apply

clean: ## delete what was built, not the test guest in .cache
	@. scripts/env && mvn -q clean
