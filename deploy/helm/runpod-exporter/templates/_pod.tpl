{{/* The flags of the exporter. */}}
{{- define "runpod-exporter.args" -}}
{{- $v := .Values -}}
{{- if $v.demo.enabled }}
- demo
{{- end }}
- --web.listen-address=:10736
- --log.level={{ $v.logLevel }}
- --log.format={{ $v.logFormat }}
{{- with $v.externalUrl }}
- {{ printf "--web.external-url=%s" . | quote }}
{{- end }}
{{- with $v.grafanaUrl }}
- {{ printf "--web.grafana-url=%s" . | quote }}
{{- end }}
{{- with $v.alertmanager.url }}
- {{ printf "--alertmanager.url=%s" . | quote }}
{{- end }}
{{- with $v.alertmanager.externalUrl }}
- {{ printf "--alertmanager.external-url=%s" . | quote }}
{{- end }}
{{- range $v.demo.enabled | ternary $v.demo.args list }}
- {{ . | quote }}
{{- end }}
{{- if not $v.demo.enabled }}
{{- if not $v.accounts }}
- --runpod.api-key-file=/etc/runpod-exporter/keys/api-key
{{- end }}
{{- if include "runpod-exporter.hasConfig" . }}
- --config.file=/etc/runpod-exporter/config/config.yaml
{{- end }}
{{- if gt (int $v.shards) 1 }}
- --config.shard=$(SHARD)/{{ $v.shards }}
{{- end }}
{{- with $v.collectors }}
- --collectors={{ join "," . }}
{{- end }}
{{- if $v.webhook.enabled }}
- --webhook.listen-address=:10737
- --webhook.token-file=/etc/runpod-exporter/webhook/token
{{- end }}
{{- if include "runpod-exporter.hasWebConfig" . }}
- {{ printf "--web.config.file=%s" (include "runpod-exporter.webConfigFile" .) | quote }}
{{- end }}
{{- range $v.extraArgs }}
- {{ . | quote }}
{{- end }}
{{- end }}
{{- end -}}

{{/* The kubelet has no login and no certificate, so with a web configuration the exporter checks itself. */}}
{{- define "runpod-exporter.probe" -}}
{{- if include "runpod-exporter.hasWebConfig" .context -}}
exec:
  command:
    - /runpod-exporter
    - healthcheck
    - --web.listen-address=:10736
    - {{ printf "--web.config.file=%s" (include "runpod-exporter.webConfigFile" .context) | quote }}
timeoutSeconds: 5
{{- else -}}
httpGet:
  path: {{ .path }}
  port: http
timeoutSeconds: 3
{{- end }}
periodSeconds: 10
failureThreshold: 3
{{- end -}}

{{/* The volumes. Modes are decimal, because YAML 1.2 reads 0440 as 440; 288 is 0440. */}}
{{- define "runpod-exporter.volumes" -}}
{{- $v := .Values -}}
{{- $secret := include "runpod-exporter.fullname" . -}}
{{- if not $v.demo.enabled }}
- name: keys
  projected:
    defaultMode: 288
    sources:
      {{- if $v.existingSecret }}
      - secret:
          name: {{ $v.existingSecret }}
          items:
            - {key: {{ $v.existingSecretKey | quote }}, path: api-key}
      {{- else if $v.apiKey }}
      - secret:
          name: {{ $secret }}
          items:
            - {key: api-key, path: api-key}
      {{- end }}
      {{- range $v.accounts }}
      {{- $file := include "runpod-exporter.keyFile" .name }}
      {{- if .existingSecret }}
      - secret:
          name: {{ .existingSecret }}
          items:
            - {key: {{ default "api-key" .existingSecretKey | quote }}, path: {{ $file | quote }}}
      {{- else if .apiKey }}
      - secret:
          name: {{ $secret }}
          items:
            - {key: {{ $file | quote }}, path: {{ $file | quote }}}
      {{- end }}
      {{- end }}
{{- if include "runpod-exporter.hasConfig" . }}
- name: config
  configMap:
    name: {{ $secret }}
{{- end }}
{{- if $v.webhook.enabled }}
- name: webhook
  secret:
    secretName: {{ default $secret $v.webhook.existingSecret }}
    defaultMode: 288
    items:
      - {key: {{ ternary $v.webhook.existingSecretKey "webhook-token" (ne $v.webhook.existingSecret "") | quote }}, path: token}
{{- end }}
{{- if include "runpod-exporter.hasWebConfig" . }}
- name: web
  secret:
    secretName: {{ default (printf "%s-web" $secret) $v.webConfig.existingSecret }}
    defaultMode: 288
{{- end }}
{{- with $v.webConfig.tlsSecret }}
- name: tls
  secret:
    secretName: {{ . }}
    defaultMode: 288
{{- end }}
{{- end }}
{{- with $v.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "runpod-exporter.mounts" -}}
{{- $v := .Values -}}
{{- if not $v.demo.enabled }}
- {name: keys, mountPath: /etc/runpod-exporter/keys, readOnly: true}
{{- if include "runpod-exporter.hasConfig" . }}
- {name: config, mountPath: /etc/runpod-exporter/config, readOnly: true}
{{- end }}
{{- if $v.webhook.enabled }}
- {name: webhook, mountPath: /etc/runpod-exporter/webhook, readOnly: true}
{{- end }}
{{- if include "runpod-exporter.hasWebConfig" . }}
- {name: web, mountPath: /etc/runpod-exporter/web, readOnly: true}
{{- end }}
{{- if $v.webConfig.tlsSecret }}
- {name: tls, mountPath: /etc/runpod-exporter/tls, readOnly: true}
{{- end }}
{{- end }}
{{- with $v.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* The template of the pods. */}}
{{- define "runpod-exporter.pod" -}}
{{- $v := .Values -}}
metadata:
  labels:
    {{- include "runpod-exporter.labels" . | nindent 4 }}
    {{- with $v.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with $v.podAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  serviceAccountName: {{ include "runpod-exporter.serviceAccountName" . }}
  automountServiceAccountToken: false
  # Otherwise the Service adds variables such as RUNPOD_EXPORTER_PORT beside those of the exporter.
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ $v.terminationGracePeriodSeconds }}
  {{- with $v.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $v.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- with $v.podSecurityContext }}
  securityContext:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  containers:
    - name: runpod-exporter
      image: {{ include "runpod-exporter.image" . | quote }}
      imagePullPolicy: {{ $v.image.pullPolicy }}
      args:
        {{- include "runpod-exporter.args" . | trim | nindent 8 }}
      {{- if or (gt (int $v.shards) 1) $v.extraEnv }}
      env:
        {{- if gt (int $v.shards) 1 }}
        - name: SHARD
          valueFrom: {fieldRef: {fieldPath: "metadata.labels['apps.kubernetes.io/pod-index']"}}
        {{- end }}
        {{- with $v.extraEnv }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- end }}
      {{- with $v.extraEnvFrom }}
      envFrom:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      ports:
        - {name: http, containerPort: 10736, protocol: TCP}
        {{- if $v.webhook.enabled }}
        - {name: webhook, containerPort: 10737, protocol: TCP}
        {{- end }}
      livenessProbe:
        {{- if $v.livenessProbe }}
        {{- toYaml $v.livenessProbe | nindent 8 }}
        {{- else }}
        {{- include "runpod-exporter.probe" (dict "context" . "path" "/-/healthy") | nindent 8 }}
        {{- end }}
      readinessProbe:
        {{- if $v.readinessProbe }}
        {{- toYaml $v.readinessProbe | nindent 8 }}
        {{- else }}
        {{- include "runpod-exporter.probe" (dict "context" . "path" "/-/ready") | nindent 8 }}
        {{- end }}
      {{- with $v.resources }}
      resources:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $v.securityContext }}
      securityContext:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with include "runpod-exporter.mounts" . | trim }}
      volumeMounts:
        {{- . | nindent 8 }}
      {{- end }}
  {{- with include "runpod-exporter.volumes" . | trim }}
  volumes:
    {{- . | nindent 4 }}
  {{- end }}
  {{- with $v.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $v.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $v.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $v.topologySpreadConstraints }}
  topologySpreadConstraints:
    {{- range . }}
    {{- $pods := dict "labelSelector" (dict "matchLabels" (include "runpod-exporter.selectorLabels" $ | fromYaml)) }}
    - {{- toYaml (merge (deepCopy .) $pods) | nindent 6 }}
    {{- end }}
  {{- end }}
{{- end -}}
