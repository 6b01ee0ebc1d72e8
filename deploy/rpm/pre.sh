# Creates the user of the service before the files are installed. The file in sysusers.d does the same where systemd applies it.
getent group runpod-exporter > /dev/null || groupadd --system runpod-exporter
getent passwd runpod-exporter > /dev/null || useradd --system --gid runpod-exporter --no-create-home --home-dir / \
    --shell /sbin/nologin --comment "Prometheus exporter for Runpod" runpod-exporter
