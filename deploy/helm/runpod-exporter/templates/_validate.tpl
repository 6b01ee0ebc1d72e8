{{/* What the schema cannot express. Each message is one line that names the values. */}}
{{- define "runpod-exporter.validate" -}}
{{- $v := .Values -}}
{{- $single := or $v.apiKey $v.existingSecret -}}
{{- if $v.demo.enabled -}}
{{- range $name, $set := dict "apiKey or existingSecret" $single "accounts" $v.accounts "config" $v.config "collectors" $v.collectors "webhook.enabled" $v.webhook.enabled "webConfig" (include "runpod-exporter.hasWebConfig" $) "extraArgs (use demo.args)" $v.extraArgs -}}
{{- if $set }}{{ fail (printf "demo.enabled runs a simulated account: remove %s, or set demo.enabled to false" $name) }}{{ end -}}
{{- end -}}
{{- if gt (int $v.shards) 1 }}{{ fail "demo.enabled runs one simulated account: set shards to 1" }}{{ end -}}
{{- else -}}
{{- if and $v.accounts $single }}{{ fail "accounts and the only account (apiKey, existingSecret) are both set: remove one of them" }}{{ end -}}
{{- if and $v.apiKey $v.existingSecret }}{{ fail "apiKey and existingSecret are both set: remove one of them" }}{{ end -}}
{{- if not (or $v.accounts $single) }}{{ fail "no API key: set existingSecret to the name of a Secret with the key, or set accounts, or set demo.enabled to try the exporter without a key" }}{{ end -}}
{{- end -}}
{{- $names := list -}}
{{- range $v.accounts -}}
{{- if has .name $names }}{{ fail (printf "accounts: %q is listed twice: give each account a unique name" .name) }}{{ end -}}
{{- $names = append $names .name -}}
{{- $sources := 0 -}}
{{- range $source := list .apiKey .existingSecret .api_key_file .api_key_env }}{{ if $source }}{{ $sources = add1 $sources }}{{ end }}{{ end -}}
{{- if ne (int $sources) 1 }}{{ fail (printf "accounts: %q needs one of existingSecret, apiKey, api_key_file and api_key_env" .name) }}{{ end -}}
{{- end -}}
{{- if gt (int $v.shards) 1 -}}
{{- if gt (int $v.replicaCount) 1 }}{{ fail "shards and replicaCount are both above 1: install two releases for two exporters of each account" }}{{ end -}}
{{- if not $v.accounts }}{{ fail "shards is above 1: set accounts, which the shards share" }}{{ end -}}
{{- if semverCompare "<1.28.0-0" .Capabilities.KubeVersion.Version }}{{ fail (printf "shards is above 1: this needs Kubernetes 1.28, which labels pods with their index; this cluster has %s" .Capabilities.KubeVersion.Version) }}{{ end -}}
{{- if $v.ingress.enabled }}{{ fail "ingress.enabled: an overview shows one shard; set shards to 1" }}{{ end -}}
{{- if and $v.webhook.ingress.enabled (not (contains "{shard}" $v.webhook.ingress.host)) }}{{ fail "webhook.ingress.host: with several shards, each has its own host: put {shard} into it, for example webhooks-{shard}.example.com" }}{{ end -}}
{{- end -}}
{{- if and $v.ingress.enabled (not $v.ingress.host) }}{{ fail "ingress.enabled: set ingress.host" }}{{ end -}}
{{- if $v.webhook.enabled -}}
{{- if not (or $v.webhook.token $v.webhook.existingSecret) }}{{ fail "webhook.enabled: set webhook.existingSecret to the name of a Secret with the token" }}{{ end -}}
{{- if and $v.webhook.token $v.webhook.existingSecret }}{{ fail "webhook.token and webhook.existingSecret are both set: remove one of them" }}{{ end -}}
{{- if and $v.webhook.ingress.enabled (not $v.webhook.ingress.host) }}{{ fail "webhook.ingress.enabled: set webhook.ingress.host" }}{{ end -}}
{{- else if $v.webhook.ingress.enabled }}{{ fail "webhook.ingress.enabled: set webhook.enabled too" }}
{{- end -}}
{{- if and $v.webConfig.content $v.webConfig.existingSecret }}{{ fail "webConfig.content and webConfig.existingSecret are both set: remove one of them" }}{{ end -}}
{{- if and $v.webConfig.tlsSecret (not (include "runpod-exporter.hasWebConfig" .)) }}{{ fail "webConfig.tlsSecret: set webConfig.content too, for example tls_server_config with cert_file /etc/runpod-exporter/tls/tls.crt" }}{{ end -}}
{{- if and $v.prometheusRule.absoluteLinks (not (and $v.externalUrl $v.grafanaUrl)) }}{{ fail "prometheusRule.absoluteLinks: set externalUrl and grafanaUrl" }}{{ end -}}
{{- if and $v.alertmanagerConfig.enabled (not $v.alertmanagerConfig.receiver) }}{{ fail "alertmanagerConfig.enabled: set alertmanagerConfig.receiver, for example to slackConfigs" }}{{ end -}}
{{- if eq $v.image.tag "latest" }}{{ fail "image.tag: latest names another image after each release; set a version, or leave it empty for that of the chart" }}{{ end -}}
{{- if $v.prometheusRule.enabled -}}
{{- $alerts := list -}}
{{- range (.Files.Get "files/rules/runpod.alerts.yml" | fromYaml).groups }}{{ range .rules }}{{ $alerts = append $alerts .alert }}{{ end }}{{ end -}}
{{- range $v.prometheusRule.disabled -}}
{{- if not (has . $alerts) }}{{ fail (printf "prometheusRule.disabled: there is no alert %s; docs/runbooks lists them" .) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- range $folder := list "rules/runpod.alerts.yml" "dashboards/runpod-overview.json" "alertmanager.yml" -}}
{{- if not ($.Files.Get (printf "files/%s" $folder)) }}{{ fail (printf "the chart has no files/%s: it is a symbolic link in the repository; enable links in Git (core.symlinks) or use a packaged chart" $folder) }}{{ end -}}
{{- end -}}
{{- end -}}
