# Thin recipes. `make test` is all that CI runs, and installs what it needs.

.PHONY: test tools fmt lint unit check-page check-dashboards check-rules mutate-rules proof doc docs dashboards render page-pictures demo bench

test: tools fmt lint unit check-page check-dashboards check-rules doc

tools:        ## what the tests need and cargo does not bring
	scripts/tools.sh

fmt:
	cargo fmt --check

lint:
	cargo clippy --all-targets --locked -- -D warnings
	cargo clippy --no-default-features --locked -- -D warnings

unit:
	INSTA_UPDATE=no cargo test --locked

check-page: tests/page/node_modules/.package-lock.json ## the overview in Chromium
	cargo build --locked
	node --test tests/page/*.test.mjs

check-dashboards: grafana/.build/dashboards.js
	grafana/node_modules/.bin/prettier --log-level=warn --check grafana/src grafana/render/src grafana/render/run.mjs scripts/*.mjs tests/page/*.mjs src/http/overview/overview.*
	node grafana/.build/dashboards.js check

check-rules: grafana/.build/dashboards.js
	promtool check config prometheus/prometheus.yml
	promtool check rules --lint=all --lint-fatal prometheus/rules/*.yml
	promtool test rules prometheus/tests/*.test.yml
	node grafana/.build/rules.js
	node scripts/check-alertmanager.mjs

grafana/.build/dashboards.js: grafana/node_modules/.package-lock.json $(shell find grafana/src -type f)
	grafana/node_modules/.bin/tsc -p grafana

tests/page/node_modules/.package-lock.json: tests/page/package-lock.json
	npm --prefix tests/page ci --no-audit --no-fund --silent

grafana/node_modules/.package-lock.json: grafana/package-lock.json
	npm --prefix grafana ci --no-audit --no-fund --silent

mutate-rules: grafana/.build/dashboards.js ## change the rules one place at a time: their tests have to notice; some minutes
	node grafana/.build/mutate.js

proof:        ## from the simulated world to Slack and back, and print what happened
	cargo test --locked --test it stack::proof -- --nocapture

doc:
	RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --document-private-items --locked

docs:         ## write the documents that are made from the program
	WRITE_DOCS=1 cargo test --locked --test it generated

dashboards: grafana/.build/dashboards.js ## write the dashboards that are made from grafana/src
	node grafana/.build/dashboards.js write

render: grafana/.build/dashboards.js ## open every dashboard in Chromium, on hours of history and on nothing, and keep the pictures
	scripts/render.sh

page-pictures: tests/page/node_modules/.package-lock.json ## take pictures of the overview, into target/page
	cargo build --locked
	node tests/page/pictures.mjs

demo:
	cargo run --release --locked -- demo

bench:
	cargo bench --locked
