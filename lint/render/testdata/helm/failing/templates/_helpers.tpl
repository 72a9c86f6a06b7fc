{{- define "failing.host" -}}

{{ required "host is what the service answers to" .Values.host }}
{{- end }}
