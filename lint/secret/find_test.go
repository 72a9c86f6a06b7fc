package secret

import (
	"fmt"
	"strings"
	"testing"
)

// describe gives matches as "id: text", with the class and note that are not
// the usual ones.
func describe(text string, found []Match) string {
	var parts []string
	for _, m := range found {
		part := m.Format.ID + ": " + text[m.Start:m.End]
		if m.Class == Default {
			part = "default " + part
		}
		if m.Note {
			part = "note " + part
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "; ")
}

func TestFind(t *testing.T) {
	const (
		// Published with osv-scalibr's tests.
		routable  = "bzox79Of-KE9FD2LjoXXF4CvyxA.0r03gxo7s"
		versioned = "bzox79Of-KE9FD2LjoXXF4CvyxA.01.0r0l8l6ir"
		pat       = "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq17"                       // expired, published with base62-token.js
		identity  = "GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX" // of age's specification
	)
	tests := []struct{ name, text, want string }{
		{"nothing", "replicas: 3", ""},
		{"empty", "", ""},
		{"one byte", "x", ""},
		{"a published token", "token: ghp_" + pat, "github-token: ghp_" + pat},
		{"its checksum broken", "token: ghp_a" + pat[1:], ""},
		{"inside a word", "xghp_" + pat, ""},
		{"longer than a token", "ghp_" + pat + "a", ""},
		{"after an escape", `"\nghp_` + pat + `\n"`, "github-token: ghp_" + pat},
		{"after a percent escape", "t%3Dghp_" + pat, "github-token: ghp_" + pat},
		{"the specific format wins", "https://ci:ghp_" + pat + "@github.com/a/b", "github-token: ghp_" + pat},
		{"a routable token", "glpat-" + routable, "gitlab-pat: glpat-" + routable},
		{"one with a version", "glpat-" + versioned, "gitlab-pat: glpat-" + versioned},
		{"its checksum broken", "glpat-" + versioned[:len(versioned)-1] + "a", ""},
		{"two in a text", "a=ghp_" + pat + "\nb=postgres://u:Kiesel9@db/x", "github-token: ghp_" + pat + "; url-password: Kiesel9"},
		{"age's own example", "AGE-SECRET-KEY-1" + identity, "age-secret-key: AGE-SECRET-KEY-1" + identity},
		{"its checksum broken", "AGE-SECRET-KEY-1Q" + identity[1:], ""},
		{"a password with an at sign", "redis://:p@ss9!x@redis:6379", "url-password: p@ss9!x"},
		{"a default in a URL", "postgres://app:changeme@db/x", "default url-password: changeme"},
		{"a port before an at sign", "http://host:8080/a@b", ""},
		{"an encrypted key", "-----BEGIN ENCRYPTED PRIVATE KEY-----\n" + strings.Repeat("QUJD", 20) + "\n-----END ENCRYPTED PRIVATE KEY-----",
			"note pem-private-key: -----BEGIN ENCRYPTED PRIVATE KEY-----\n" + strings.Repeat("QUJD", 20) + "\n-----END ENCRYPTED PRIVATE KEY-----"},
		{"a key cut short", "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA", ""},
		{"the empty password of a URL", "redis://:@redis", ""},
	}
	for _, tt := range tests {
		if got := describe(tt.text, Find(tt.text)); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestFormats holds the table to what it promises: kinds that are told apart,
// keywords that the index can hold and patterns that compile.
func TestFormats(t *testing.T) {
	seen := map[string]bool{}
	for i, f := range Formats() {
		if f.ID == "" || f.Name == "" || seen[f.ID] {
			t.Errorf("format %q (%q) is unnamed or twice there", f.ID, f.Name)
		}
		seen[f.ID] = true
		if (f.pattern == "") == (f.scan == nil) {
			t.Errorf("%s has both a pattern and a scan, or neither", f.ID)
		}
		for _, k := range f.keywords {
			if len(k) < 2 {
				t.Errorf("%s: keyword %q is too short", f.ID, k)
			}
		}
		table().patterns[i]()
	}
	if len(seen) < 100 {
		t.Errorf("%d formats, want 100 at least", len(seen))
	}
	if n := len(table().buckets); n > 255 {
		t.Errorf("%d buckets do not fit a byte", n)
	}
}

// TestFormatsAreMeasured wants a true case for each format.
func TestFormatsAreMeasured(t *testing.T) {
	measured := map[string]bool{}
	for _, file := range []string{"credentials.tsv", "heldout.tsv"} {
		for _, c := range readLabelled(t, file) {
			id := c.want
			if i := strings.LastIndexByte(id, ':'); i >= 0 {
				id = id[i+1:]
			}
			measured[id] = true
		}
	}
	var missing []string
	for _, f := range Formats() {
		if !measured[f.ID] {
			missing = append(missing, f.ID)
		}
	}
	if len(missing) > 0 {
		t.Errorf("no case for %s", strings.Join(missing, ", "))
	}
}

func FuzzFind(f *testing.F) {
	for _, seed := range []string{
		"ghp_zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ", "postgres://u:p@h/d", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
		`{"kty":"oct","k":"aaaa"}`, "Server=x;Password=y", "eyJhbGciOiJub25lIn0.eyJhIjoxfQ.aaaaaaaaaaaa", "a:$apr1$x", "sig=&se=&sv=",
		`{"type":"service_account","private_key":"-----BEGIN`, "PuTTY-User-Key-File-3: x\nPrivate-Lines:\nPrivate-MAC: 0", "LS0tLS1CRUdJTi", "\xff://\xff:\xff@\xff",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		end := 0
		for _, m := range Find(text) {
			if m.Format == nil || m.Class == Nothing || m.Start < end || m.End <= m.Start || m.End > len(text) {
				t.Fatalf("match %+v after %d in %d bytes", m, end, len(text))
			}
			end = m.End
		}
	})
}

// manifestText has what manifests are made of, and no credential.
var manifestText = strings.Repeat(`apiVersion: apps/v1
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

func BenchmarkFindManifest(b *testing.B) {
	b.SetBytes(int64(len(manifestText)))
	for b.Loop() {
		if len(Find(manifestText)) > 0 {
			b.Fatal("a match in a text without secrets")
		}
	}
}

// BenchmarkFindHostile reads keywords without end, none of which is a match:
// each makes its format read on.
func BenchmarkFindHostile(b *testing.B) {
	for _, part := range []string{
		"eyJ.eyJ-", "-----BEGIN PRIVATE KEY-----", "://a:", "\"kty\"{", "LoginModule ", "PuTTY-User-Key-File-", "sig=", "a:$2y$", "\"service_account ",
	} {
		text := strings.Repeat(part, 1<<16/len(part))
		b.Run(part, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				Find(text)
			}
		})
	}
}

// BenchmarkFindScalars is Find as rules call it, on one scalar after the other.
func BenchmarkFindScalars(b *testing.B) {
	lines := strings.Fields(manifestText)
	b.SetBytes(int64(len(manifestText)))
	for b.Loop() {
		for _, line := range lines {
			Find(line)
		}
	}
}

func ExampleFind() {
	text := "postgres://shop:hunter2@db:5432/shop"
	for _, m := range Find(text) {
		fmt.Println(m.Format.Name, "at", m.Start, "to", m.End)
	}
	// Output: password in a URL at 16 to 23
}
