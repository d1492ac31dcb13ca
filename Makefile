# What people type. `make run` and `make test` need Rust, Node 20.19 or newer and make; the rest they bring.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

.PHONY: help run test prove bench web lint generated needs-build needs-test needs-prove

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: needs-build web ## builds everything and starts the demo on 127.0.0.1:8080
	cargo build --release --locked -p medchat
	@exec target/release/medchat serve --demo

test: needs-test web lint ## every test, on both engines and in a real browser
	@.ci/count begin
	cargo test --locked --workspace --no-fail-fast --features medchat/hasty-ack 2>&1 | .ci/count cargo
	cd web && npm test --silent 2>&1 | ../.ci/count web
	cd web && MEDCHAT_BINARY=../target/debug/medchat npm run e2e -w e2e --silent 2>&1 | ../.ci/count browser
	@.ci/count end

prove: needs-test needs-prove ## what needs root and minutes: the power cut under both engines, and three nodes in a bad network
	cargo test --locked -p medchat --test crash -- --ignored --nocapture --test-threads=1

bench: needs-test ## the figures of one server beside their yardsticks; minutes, and a quiet machine
	cargo build --release --locked -p medchat -p loadtest
	target/release/loadtest bench
	cargo bench --locked -p store --bench append

web: web/node_modules/.package-lock.json ## builds the two web clients into their build folders
	cd web && npm run build --silent

web/node_modules/.package-lock.json: web/package-lock.json
	cd web && npm ci --no-audit --no-fund

lint: web/node_modules/.package-lock.json ## format, lints and types, warnings are errors
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets --features medchat/hasty-ack -- -D warnings
	cd web && npm run check --silent

generated: ## writes every file that is generated from another
	UPDATE_GOLDEN=1 cargo test --locked -p domain -p wire
	UPDATE_GOLDEN=1 cargo test --locked -p medchat --lib
	cd web && npm run texts --silent

needs-build:
	@deploy/needs.sh build

needs-test:
	@deploy/needs.sh test

needs-prove:
	@deploy/needs.sh prove
