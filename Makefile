# Thin recipes. `make test` installs the tools that it needs; CONTRIBUTING.md has what CI runs besides.

.PHONY: test tools fmt lint build unit end-to-end memory check-page check-clients packages check-dashboards check-rules check-workflows check-deploy chart dist mutate-rules proof messages doc docs dashboards render page-pictures demo bench bench-short bench-docs bench-instructions bench-profile soak soak-docs fuzz

test:         ## every stage below that checks something, with a summary
	scripts/test.sh

tools:        ## install the tools that the tests need besides cargo
	scripts/tools.sh

fmt:
	cargo fmt --all --check

# Clippy in place of the compiler: one compilation finds what `make lint` finds, and makes what the tests run. The results of
# the two compilers lie beside each other, so `cargo test` does not repeat them.
build unit end-to-end memory doc: export RUSTC_WORKSPACE_WRAPPER = $(CURDIR)/scripts/compiler.sh
build unit end-to-end memory doc: export CLIPPY_ARGS = -Dwarnings

lint:         ## what `make build` finds, without compiling the tests
	cargo clippy --workspace --all-targets --locked -- -D warnings
	cargo clippy --workspace --no-default-features --lib --profile test --locked -- -D warnings

# Benchmarks, the program of the simulator, and the exporter without it are linted and not run, so no code is generated for
# them. These runs use the dependencies of the first: they name the workspace and the test profile, and targets with
# development dependencies. The examples of the last one need the simulator, so Cargo skips them.
build:        ## compile and lint everything
	cargo test --workspace --tests --no-run --locked || { echo "build: fix the errors above; make lint repeats the lints alone" >&2; exit 1; }
	LINT_ONLY=1 cargo test --workspace --bench '*' --example '*' --bin runpod-simulator --no-run --locked
	LINT_ONLY=1 cargo build --workspace --no-default-features --lib --examples --profile test --locked

# Most tests wait for timers and other processes, so more of them than there are processors run at the same time.
unit end-to-end: export INSTA_UPDATE = no
unit end-to-end: export RUST_TEST_THREADS ?= 4
unit:         ## the tests in Rust, without those of the next two stages
	cargo test --workspace --tests --locked -- --skip end_to_end:: --skip memory_is_flat

end-to-end:   ## test the shipped dashboards, rules and alerts with Prometheus and Alertmanager; most of it waits
	cargo test --test it --workspace --locked -- end_to_end::

memory:       ## test that memory does not grow: a single test, alone in its process
	cargo test --test memory --workspace --locked

check-page: build tests/page/node_modules/.package-lock.json ## test the overview page in Chromium
	node --test tests/page/*.test.mjs

check-clients: build tests/sdk/node_modules/.package-lock.json ## test the simulator with official clients of Runpod
	node --test tests/sdk/*.test.mjs

check-workflows: scripts/workflows/node_modules/.package-lock.json ## lint .github/workflows
	node scripts/workflows/lint.mjs

check-deploy: scripts/deploy/node_modules/.installed ## check deploy and compose.yaml with helm, kubectl, schemas and the exporter
	node scripts/deploy/check.mjs

chart: scripts/deploy/node_modules/.installed ## write the README of the Helm chart, and the manifests that are rendered from it
	node scripts/deploy/check.mjs --write

packages: grafana/.build/dashboards.js tests/page/node_modules/.package-lock.json tests/sdk/node_modules/.package-lock.json ## install and compile what the checks in Node need

check-dashboards: grafana/.build/dashboards.js
	grafana/node_modules/.bin/prettier --log-level=warn --check grafana/src grafana/render/src grafana/render/*.mjs scripts/*.mjs scripts/deploy/*.mjs scripts/deploy/lib/*.mjs tests/page/*.mjs tests/sdk/*.mjs src/http/overview/overview.js src/http/styles
	node grafana/.build/dashboards.js check

check-rules: grafana/.build/dashboards.js
	promtool check config prometheus/prometheus.yml
	promtool check rules --lint=all --lint-fatal prometheus/rules/*.yml
	promtool check rules --lint=all --lint-fatal prometheus/migration/*.yml
	node grafana/.build/tests.js
	node grafana/.build/rules.js
	node scripts/check-alertmanager.mjs
	node grafana/.build/messages.js --written

grafana/.build/dashboards.js: grafana/node_modules/.package-lock.json $(shell find grafana/src -type f)
	grafana/node_modules/.bin/tsc -p grafana

tests/page/node_modules/.package-lock.json: tests/page/package-lock.json
	npm --prefix tests/page ci --no-audit --no-fund --silent

tests/sdk/node_modules/.package-lock.json: tests/sdk/package-lock.json
	npm --prefix tests/sdk ci --no-audit --no-fund --silent

scripts/deploy/node_modules/.installed: scripts/deploy/package-lock.json scripts/deploy/requirements.txt scripts/deploy/install.sh
	scripts/deploy/install.sh

scripts/workflows/node_modules/.package-lock.json: scripts/workflows/package-lock.json
	npm --prefix scripts/workflows ci --no-audit --no-fund --silent

grafana/node_modules/.package-lock.json: grafana/package-lock.json
	npm --prefix grafana ci --no-audit --no-fund --silent

mutate-rules: grafana/.build/dashboards.js ## mutation test of the rules; takes some minutes
	node grafana/.build/mutate.js

proof:        ## end-to-end test from simulated problems to Slack messages; prints the sequence
	cargo test --locked --test it end_to_end::proof -- --nocapture

messages: grafana/.build/dashboards.js ## count the Slack messages of every simulated scenario; takes a quarter of an hour
	cargo test --locked --test it end_to_end::histories -- --ignored
	node grafana/.build/messages.js

doc:          ## test the examples in the documentation, and its links
	RUSTDOC=$(CURDIR)/scripts/rustdoc.sh cargo test --workspace --doc --locked

docs:         ## write the generated documents
	WRITE_DOCS=1 cargo test --locked --test it generated

dashboards: grafana/.build/dashboards.js ## generate the dashboards from grafana/src
	node grafana/.build/dashboards.js write

render: grafana/.build/dashboards.js ## render every dashboard in Chromium, with data and without, and save the pictures
	scripts/render.sh

page-pictures: tests/page/node_modules/.package-lock.json ## save pictures of the overview page in target/page
	cargo build --locked
	node tests/page/pictures.mjs

dist:         ## write the files of a release to target/dist: archive, packages, chart, checksums; about ten minutes
	scripts/dist.sh

demo:
	cargo run --release --locked -- demo

bench: tools  ## the end-to-end sweep, for docs/benchmarks.md; about ten minutes, on an idle machine. SIZES=10,100 DELAYS=0,100 for a part
	cargo build --release --locked
	.tools/venv/bin/python benches/sweep $(if $(SIZES),--sizes $(SIZES)) $(if $(DELAYS),--delays $(DELAYS)) $(if $(REPEAT),--repeat $(REPEAT))

bench-short:  ## a sweep of seconds that shows that everything runs and the document can be written; does not judge durations
	python3 -m unittest discover --quiet --start-directory benches/instructions
	.tools/venv/bin/python benches/sweep --short --exporter "$${RUNPOD_EXPORTER:-target/debug/runpod-exporter}"

soak:         ## a simulated week, and five minutes of load, for docs/soak.md; about fifteen minutes, not part of CI
	mkdir -p target/soak
	cargo bench --locked --bench soak -- week target/soak/week.json
	cargo bench --locked --bench soak -- load target/soak/load.json
	$(MAKE) soak-docs

soak-docs: tools ## write docs/soak.md from the last results of `make soak`
	.tools/venv/bin/python benches/soak

fuzz:         ## fuzz each target for MINUTES, by default 5; needs a nightly compiler and cargo-fuzz. TARGETS="rest jobs" for some
	scripts/fuzz.sh $(or $(MINUTES),5) $(TARGETS)

bench-docs: ## write docs/benchmarks.md from the last results of `make bench`
	.tools/venv/bin/python benches/sweep --write-only

bench-instructions: ## count the instructions of a scrape with Valgrind, and compare them; WRITE=1 updates the count
	python3 benches/instructions $(if $(WRITE),--write)

bench-profile: ## a profile of a scrape of 5,000 endpoints, for docs/benchmarks.md
	python3 benches/instructions/profile.py
