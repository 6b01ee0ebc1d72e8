# syntax=docker/dockerfile:1

# Alpine's Rust links statically against musl: the program needs no files but its certificates, on amd64 and arm64. A release replaces
# this stage with the binaries of its packages, so that all of them contain the same program: see .github/workflows/release.yml.
FROM rust:1.95-alpine AS build
RUN apk add --no-cache ca-certificates musl-dev
WORKDIR /build
COPY Cargo.toml Cargo.lock LICENSE *.md ./
COPY benches benches
COPY docs docs
COPY prometheus prometheus
COPY build.rs ./
COPY crates crates
COPY src src
ARG REVISION=unknown
ENV RUNPOD_EXPORTER_REVISION=$REVISION
ARG TARGETARCH
# The folder of the build is one per platform, because builds of two platforms run at the same time.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/build/target,id=target-$TARGETARCH \
    cargo build --release --locked --bin runpod-exporter \
 && mkdir -p "/out/$TARGETARCH" \
 && cp target/release/runpod-exporter "/out/$TARGETARCH/runpod-exporter" \
 && cp /etc/ssl/certs/ca-certificates.crt /out/ca-certificates.crt \
 && mkdir /out/licenses \
 && cp LICENSE /out/licenses/

# Only the program and root certificates, run by an unprivileged user: no shell, no packages to patch, nothing to write.
FROM scratch
ARG TARGETARCH
COPY --from=build /out/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
# A release has the licenses of the crates here, too.
COPY --from=build /out/licenses /licenses
COPY --from=build --chmod=0755 /out/${TARGETARCH}/runpod-exporter /runpod-exporter
ARG VERSION=unknown
ARG REVISION=unknown
ARG SOURCE=unknown
LABEL org.opencontainers.image.title="runpod-exporter" \
      org.opencontainers.image.description="Prometheus exporter for Runpod: serverless endpoints, workers, queues, pods and spend" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.source="$SOURCE"
USER 65532:65532
EXPOSE 10736
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["/runpod-exporter", "healthcheck"]
ENTRYPOINT ["/runpod-exporter"]
