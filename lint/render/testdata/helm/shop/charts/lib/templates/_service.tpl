{{- define "lib.service" -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ .Release.Name }}
spec:
  externalIPs: [192.0.2.1]
  selector:
    app: {{ .Chart.Name }}
{{- end }}
