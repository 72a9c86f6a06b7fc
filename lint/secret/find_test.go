package secret

import (
	"strings"
	"testing"
)

func TestQuick(t *testing.T) {
	for _, text := range []string{
		"ghp_" + "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq17", "npm_" + "qkJaB6MffYVzZXWqmcoF49yrUxP3wf0LsakP",
		"postgres://app:hunter2@db:5432/x", "postgres://app:changeme@db/x", "mysql app:Zk3hunter@tcp(db:3306)/x",
		"Authorization: Basic YXBwOmh1bnRlcjI=", "Server=db;User Id=sa;Password=Hunter2!;", "app:$apr1$abcdefgh$0123456789ABCDEFGHIJKL",
		"age AGE-SECRET-KEY-1" + "GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX",
	} {
		for _, m := range Find(text) {
			t.Logf("%s %q %v %v", m.Format.ID, text[m.Start:m.End], m.Class, m.Note)
		}
	}
	for _, nv := range [][2]string{{"DB_PASSWORD", "hunter2"}, {"password", "Passw0rd!"}, {"token", "my-token"}, {"clientSecret", "aB3dE5fG7hI9jK1l"}, {"adminPassword", "postgres-password"}, {"PASSWORD_MIN_LENGTH", "12"}, {"dd-api-key", strings.Repeat("0a1b2c3d", 4)}} {
		t.Logf("%v %+v", nv, Judge(nv[0], nv[1]))
	}
	t.Log(len(Formats()), len(table().buckets))
}

func BenchmarkFindYAML(b *testing.B) {
	text := strings.Repeat(`apiVersion: apps/v1
kind: Deployment
metadata:
  name: web-frontend
  labels: {app.kubernetes.io/name: web, app.kubernetes.io/part-of: shop}
  annotations:
    description: "serves the shop's pages; see https://docs.example.com/shop/runbook"
spec:
  replicas: 3
  template:
    spec:
      serviceAccountName: web
      containers:
        - name: server
          image: registry.example.com/shop/web@sha256:4bc453b53cb3d914b45f4b250294236adba2c0e09ff6f03793949e7e39fd4cc1
          args: ["--listen=:8080", "--log-level", "info", "--config=/etc/web/config.yaml"]
          env:
            - {name: LOG_FORMAT, value: json}
            - name: DB_PASSWORD
              valueFrom: {secretKeyRef: {name: db, key: password}}
          resources: {requests: {cpu: 100m, memory: 128Mi}, limits: {memory: 256Mi}}
          readinessProbe: {httpGet: {path: /ready, port: 8080}, periodSeconds: 5}
`, 200)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if len(Find(text)) > 0 {
			b.Fatal("a match in a text without secrets")
		}
	}
}

func BenchmarkJudge(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Judge("DB_PASSWORD", "hunter2")
		Judge("LOG_LEVEL", "info")
		Judge("tlsSecretName", "shop-tls")
	}
}
