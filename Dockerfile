# syntax=docker/dockerfile:1

# Builds on the machine's own architecture and compiles for the one that is asked for, so that arm64 needs no emulation.
FROM --platform=$BUILDPLATFORM rust:1.95-bookworm AS build
ARG TARGETARCH
ARG REVISION=unknown
RUN case "$TARGETARCH" in \
      amd64) target=x86_64-unknown-linux-gnu packages="gcc-x86-64-linux-gnu libc6-dev-amd64-cross" ;; \
      arm64) target=aarch64-unknown-linux-gnu packages="gcc-aarch64-linux-gnu libc6-dev-arm64-cross" ;; \
      *) echo "no recipe for $TARGETARCH" >&2; exit 1 ;; \
    esac \
 && echo "$target" > /target \
 && if [ "$(dpkg --print-architecture)" != "$TARGETARCH" ]; then \
      apt-get update && apt-get install -y --no-install-recommends $packages && rm -rf /var/lib/apt/lists/*; fi \
 && rustup target add "$target"
ENV CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER=x86_64-linux-gnu-gcc \
    CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc \
    CC_x86_64_unknown_linux_gnu=x86_64-linux-gnu-gcc \
    CC_aarch64_unknown_linux_gnu=aarch64-linux-gnu-gcc \
    RUNPOD_EXPORTER_REVISION=$REVISION
WORKDIR /build
COPY Cargo.toml Cargo.lock ./
COPY benches benches
COPY src src
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/build/target \
    cargo build --release --locked --bin runpod-exporter --target "$(cat /target)" \
 && cp "target/$(cat /target)/release/runpod-exporter" /runpod-exporter

# glibc, root certificates, a user that is not root, and nothing else: no shell.
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /runpod-exporter /usr/local/bin/runpod-exporter
EXPOSE 10736
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \
  CMD ["/usr/local/bin/runpod-exporter", "healthcheck", "127.0.0.1:10736"]
ENTRYPOINT ["/usr/local/bin/runpod-exporter"]
