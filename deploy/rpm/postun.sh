# $1 is 1 on upgrade: the new version is started if the old one was running. rpm distributions keep the user on removal.
if [ -d /run/systemd/system ]; then
    systemctl daemon-reload || :
    [ "$1" = 0 ] || systemctl try-restart runpod-exporter.service || :
fi
