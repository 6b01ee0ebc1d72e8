{{/* The name of the chart. */}}
{{- define "runpod-exporter.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{/* The name of all objects. 50 characters leave room for "-webhook-99" in 63, and for the hash in labels of a StatefulSet. */}}
{{- define "runpod-exporter.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else if regexMatch "^[0-9]" .Release.Name -}}
{{- /* The name of a Service begins with a letter. */ -}}
{{- printf "%s-%s" (include "runpod-exporter.name" .) .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else if contains (include "runpod-exporter.name" .) .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "runpod-exporter.name" .) | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "runpod-exporter.serviceAccountName" -}}
{{- default (ternary (include "runpod-exporter.fullname" .) "default" .Values.serviceAccount.create) .Values.serviceAccount.name -}}
{{- end -}}

{{- define "runpod-exporter.selectorLabels" -}}
app.kubernetes.io/name: {{ include "runpod-exporter.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "runpod-exporter.labels" -}}
{{- with .Values.commonLabels }}{{ toYaml . }}
{{ end -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{ include "runpod-exporter.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | replace "+" "_" | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{/* The metadata of an object. Arguments: context, suffix of the name, namespace, labels, annotations, component. */}}
{{- define "runpod-exporter.metadata" -}}
name: {{ include "runpod-exporter.fullname" .context }}{{ with .suffix }}-{{ . }}{{ end }}
namespace: {{ default .context.Release.Namespace .namespace }}
labels:
  {{- include "runpod-exporter.labels" .context | nindent 2 }}
  {{- with .component }}
  app.kubernetes.io/component: {{ . }}
  {{- end }}
  {{- with .labels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with .annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* The port at the name of the Service: a headless one leads to the pods themselves. */}}
{{- define "runpod-exporter.port" -}}
{{- gt (int .Values.shards) 1 | ternary 10736 (int .Values.service.port) -}}
{{- end -}}

{{- define "runpod-exporter.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}{{ .repository }}@{{ .digest }}{{- else -}}{{ .repository }}:{{ default $.Chart.AppVersion .tag }}{{- end -}}
{{- end -}}
{{- end -}}

{{/* The file of an account's key. It depends on the name alone, so that an account never has the key of another while the
     ConfigMap and the Secret change one after the other. */}}
{{- define "runpod-exporter.keyFile" -}}
{{- printf "%s-%s" (regexReplaceAll "[^-._a-zA-Z0-9]+" . "_" | trunc 100) (sha256sum . | trunc 8) -}}
{{- end -}}

{{/* Whether there is a configuration file. */}}
{{- define "runpod-exporter.hasConfig" -}}
{{- if or .Values.accounts .Values.config }}true{{ end -}}
{{- end -}}

{{/* The configuration file: the values of the chart, with each key replaced by the file that contains it. */}}
{{- define "runpod-exporter.config" -}}
{{- $accounts := list -}}
{{- range .Values.accounts -}}
{{- $account := omit . "apiKey" "existingSecret" "existingSecretKey" -}}
{{- if or .apiKey .existingSecret -}}
{{- $account = set $account "api_key_file" (printf "/etc/runpod-exporter/keys/%s" (include "runpod-exporter.keyFile" .name)) -}}
{{- end -}}
{{- $accounts = append $accounts $account -}}
{{- end -}}
{{- $config := deepCopy .Values.config -}}
{{- if $accounts }}{{ $config = set $config "accounts" $accounts }}{{ end -}}
{{- toYaml $config -}}
{{- end -}}

{{/* Whether the chart creates a Secret with keys or the token. */}}
{{- define "runpod-exporter.hasSecret" -}}
{{- if and (not .Values.demo.enabled) (or .Values.apiKey (and .Values.webhook.enabled .Values.webhook.token)) }}true{{ end -}}
{{- range .Values.accounts }}{{ if .apiKey }}true{{ end }}{{ end -}}
{{- end -}}

{{- define "runpod-exporter.hasWebConfig" -}}
{{- if or .Values.webConfig.content .Values.webConfig.existingSecret }}true{{ end -}}
{{- end -}}

{{- define "runpod-exporter.webConfigFile" -}}
/etc/runpod-exporter/web/{{ ternary .Values.webConfig.existingSecretKey "web.yaml" (ne .Values.webConfig.existingSecret "") }}
{{- end -}}

{{/* The scheme of the exporter, as far as the chart knows it. */}}
{{- define "runpod-exporter.scheme" -}}
{{- default (ternary "https" "http" (or (hasKey .Values.webConfig.content "tls_server_config") (ne .Values.webConfig.tlsSecret ""))) .Values.serviceMonitor.scheme -}}
{{- end -}}
