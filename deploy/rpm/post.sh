# $1 is 1 on installation and 2 on upgrade. The presets of the distribution decide whether the service is enabled; the package
# does not start it, as is the rule of distributions with rpm.
[ -d /run/systemd/system ] && systemctl daemon-reload || :
if [ "$1" = 1 ] && command -v systemctl > /dev/null; then
    systemctl --no-reload preset runpod-exporter.service || :
fi
