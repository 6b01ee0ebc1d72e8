# $1 is 0 on removal: the service is stopped. On upgrade it keeps running until it is restarted.
if [ "$1" = 0 ] && command -v systemctl > /dev/null; then
    if [ -d /run/systemd/system ]; then systemctl disable --now runpod-exporter.service || :; else systemctl disable runpod-exporter.service || :; fi
fi
