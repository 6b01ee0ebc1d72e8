# Thin recipes. `make test` is all that CI runs, and installs what it needs.

.PHONY: test tools fmt lint unit doc docs demo bench

test: tools fmt lint unit doc

tools:        ## what the tests need and cargo does not bring
	scripts/tools.sh

fmt:
	cargo fmt --check

lint:
	cargo clippy --all-targets --locked -- -D warnings
	cargo clippy --no-default-features --locked -- -D warnings

unit:
	INSTA_UPDATE=no cargo test --locked

doc:
	RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --document-private-items --locked

docs:         ## write the documents that are made from the program
	WRITE_DOCS=1 cargo test --locked --test it generated

demo:
	cargo run --release --locked -- demo

bench:
	cargo bench --locked
