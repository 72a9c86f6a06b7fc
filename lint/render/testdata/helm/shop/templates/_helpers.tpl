{{- define "shop.name" -}}
{{ .Release.Name | trunc 20 | trimSuffix "-" }}-shop
{{- end }}

{{- define "shop.labels" -}}
app.kubernetes.io/name: shop
app.kubernetes.io/instance: {{ .Release.Name }}
{{- with .Values.labels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "shop.flag" -}}
{{- if gt (int .Values.replicas) 1 -}}many{{- end -}}
{{- end }}

{{- define "shop.none" -}}
{{- if .Values.absent }}something{{ end -}}
{{- end }}

{{- define "shop.image" -}}
{{ .image.repository }}:{{ .image.tag | default .root.Chart.AppVersion }}
{{- end }}
