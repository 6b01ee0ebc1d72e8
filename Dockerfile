# syntax=docker/dockerfile:1

# Alpine's Rust links statically on amd64 and arm64: docker buildx build --platform linux/amd64,linux/arm64 .
FROM rust:1.95-alpine AS build
RUN apk add --no-cache ca-certificates musl-dev
WORKDIR /build
COPY Cargo.toml Cargo.lock *.md ./
COPY benches benches
COPY docs docs
COPY prometheus prometheus
COPY build.rs ./
COPY crates crates
COPY src src
ARG REVISION=unknown
ENV RUNPOD_EXPORTER_REVISION=$REVISION
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/build/target \
    cargo build --release --locked --bin runpod-exporter \
 && cp target/release/runpod-exporter /runpod-exporter

# Only the binary and root certificates, run by an unprivileged user: no shell, no packages to patch.
FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /runpod-exporter /runpod-exporter
USER 65532:65532
EXPOSE 10736
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["/runpod-exporter", "healthcheck"]
ENTRYPOINT ["/runpod-exporter"]
