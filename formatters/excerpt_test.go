package formatters

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// marked reads a line whose finding stands between « and ».
func marked(t testing.TB, text string) manifest.Span {
	t.Helper()
	start := strings.Index(text, "«")
	end := strings.Index(text, "»")
	if start < 0 || end < 0 {
		t.Fatalf("no finding is marked in %q", text)
	}
	content := text[:start] + text[start+len("«"):end] + text[end+len("»"):]
	file, err := manifest.NewFile("a.yaml", []byte(content))
	if file == nil {
		t.Fatal(err)
	}
	return manifest.Span{File: file, Start: start, End: end - len("«")}
}

func TestExcerptMarksColumns(t *testing.T) {
	for _, test := range []struct{ name, source, text, marker string }{
		{"plain", "a: 1\n  «b: 2» # c\nd: 3", "  b: 2 # c", "  ^^^^"},
		{"last line", "a: «1»", "a: 1", "   ^"},
		{"empty span", "a: «»\nb: 1", "a:", "   ^"},
		{"empty line", "«»\nb: 1", "", "^"},
		{"several lines", "a: «b\n  c»\n", "a: b", "   ^"},
		{"carriage returns", "a: 1\r\nb: «2»\r\nc: 3", "b: 2", "   ^"},
		{"tabs", "\ta:\t«x»", " a: x", "    ^"},
		{"wide characters", "- 이름: «小舟»ab", "- 이름: 小舟ab", "        ^^^^"},
		{"combining characters", "- cafe\u0301: «e\u0301a»", "- cafe\u0301: e\u0301a", "        ^^"},
		{"terminal escape", "a: «\x1b[31mred»", `a: \x1b[31mred`, "   ^^^^^^^^^^^"},
		{"escape before", "\u009b2J«x»", `\u009b2Jx`, "        ^"},
		{"text turned round", "a: \u202e«x»\u2066", `a: \u202ex\u2066`, "         ^"},
		{"bell and delete", "\x07«x»\x7f", `\x07x\x7f`, "    ^"},
		{"other line ends", "a: «x»\u2028y\u0085z", `a: x\u2028y\u0085z`, "   ^"},
		{"not UTF-8", "a: \xff«x»", `a: \xffx`, "       ^"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := newExcerpt(marked(t, test.source), false, false)
			if got.Text != test.text || got.Marker != test.marker {
				t.Errorf("got\n%q\n%q, want\n%q\n%q", got.Text, got.Marker, test.text, test.marker)
			}
		})
	}
}

func TestExcerptCutsLongLines(t *testing.T) {
	for _, test := range []struct {
		name, source string
		starts, ends bool // with an ellipsis
		marks        string
	}{
		{"short", strings.Repeat("word ", 18) + "«x»", false, false, "x"},
		{"at the end", strings.Repeat("word ", 50) + "«here»", true, false, "here"},
		{"at the start", "«here»" + strings.Repeat(" word", 50), false, true, "here"},
		{"in the middle", strings.Repeat("word ", 50) + "«here»" + strings.Repeat(" word", 50), true, true, "here"},
		{"longer than the room", "a: «" + strings.Repeat("xy ", 60) + "»z", true, true, strings.Repeat("xy ", 36)},
		{"wide", strings.Repeat("舟", 80) + "«舟»" + strings.Repeat("舟", 80), true, true, "舟"},
		{"minified", strings.Repeat(`{"a":1},`, 2000) + "«here»" + strings.Repeat(`{"a":1},`, 2000), true, true, "here"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := newExcerpt(marked(t, test.source), false, false)
			if width(got.Text) > excerptColumns || strings.HasPrefix(got.Text, "…") != test.starts || strings.HasSuffix(got.Text, "…") != test.ends {
				t.Errorf("%d columns: %s", width(got.Text), got.Text)
			}
			if under := underMarker(got); under != test.marks {
				t.Errorf("marks %q, want %q", under, test.marks)
			}
		})
	}
}

func width(text string) int {
	columns := 0
	for _, r := range text {
		columns += runeWidth(r)
	}
	return columns
}

// underMarker is the text above the carets.
func underMarker(e excerpt) string {
	var b strings.Builder
	column := 0
	for _, r := range e.Text {
		if column < len(e.Marker) && e.Marker[column] == '^' {
			b.WriteRune(r)
		}
		column += runeWidth(r)
	}
	return b.String()
}

func TestExcerptHidesCredentials(t *testing.T) {
	const secret = "hunter2"
	for _, source := range []string{
		`env: [{name: PW, value: hunter2}, {«name: A»}]`,
		`- {value: hunter2, name: DB_PASSWORD, «x: y»}`,
		`  value: hunter2, «x: y»}`,
		`args: ["--password=hunter2", "«--privileged»"]`,
		`args: ["--password=a hunter2", "«x»"]`,
		`args: ["--db-password", "hunter2", «x»]`,
		`args: [--password, hunter2, «x»]`,
		`args: ['--api-key' , 'hunter2', «x»]`,
		`command: [sh, -c, "curl -u admin:hunter2 «x»"]`,
		`command: [«sh», -c, "curl -H \"Authorization: Bearer hunter2\" x"]`,
		`command: «mysql» --password hunter2`,
		`command: «curl» -u sailor:hunter2`,
		`«image: x» # password: hunter2`,
		`image: https://admin:hunter2@registry.example.com/«x»`,
		`url: "https://hunter2@example.com/a", «x: y»`,
		`{"«privileged»": true, "dbPassword": "hunter2"}`,
		`{"«privileged»":true,"password":"a\"hunter2"}`,
		`{'«privileged»': true, 'token': 'it''s hunter2'}`,
		`{password: !!str "a,hunter2", «x: y»}`,
		`{password: &pw a hunter2, «x: y»}`,
		`password: ${PW:-hunter2} «x»`,
		`password: {{ default "hunter2" .Values.pw }} «x»`,
		`{passwords: {admin: hunter2}, «x: y»}`,
		`{tokens: [a, hunter2], «x: y»}`,
		`{«x: y», "clientSecret":"hunter2"}`,
		`private key: hunter2 «x»`,
		`secretkey=hunter2 «x»`,
		`암호: a, api_key: hunter2 «x»`,
		`credentials: hunter2, «x»`,
		`password: a,hunter2 «x»`,
		`- {«key: x», PGPASSWORD: hunter2}`,
		`  «name: x»}, password: "hunter2`,
		`awsSecretAccessKey=hunter2,«x»`,
	} {
		got := newExcerpt(marked(t, source), false, false)
		if strings.Contains(got.Text, secret) || !strings.Contains(got.Text, masked) {
			t.Errorf("%s: shown as %s", source, got.Text)
		}
	}
}

// What only looks like a credential stays readable, and so does the finding.
func TestExcerptShowsTheRest(t *testing.T) {
	for _, source := range []string{
		`«automountServiceAccountToken: true»`,
		`«automountServiceAccountToken: {{ .Values.automountServiceAccountToken }}»`,
		`{automountServiceAccountToken: true, «x: y»}`,
		`- {secretName: tls-cert, «defaultMode: 0777»}`,
		`secret: {secretName: tls-cert, «defaultMode: 0777»}`,
		`serviceAccountToken: {path: here, «expirationSeconds: 90000»}`,
		`imagePullSecrets: [{name: registry}], «x: y»`,
		`- --authorization-mode=Node «x»`,
		`- --token-auth-file=/etc/tokens «x»`,
		`{password: $(DB_PASSWORD), «x: y»}`,
		`{password: "{{ .Values.password }}", «x: y»}`,
		`{valueFrom: {secretKeyRef: {name: db, key: password}}, «x: y»}`,
		`{name: LOG_LEVEL, value: debug, «x: y»}`,
		`image: registry.example.com/a-long-team-name/web-frontend-service:v1.27.3 «x»`,
		`image: web@sha256:4bc453b53cb3d914b45f4b250294236adba2c0e09ff6f03793949e7e39fd4cc1 «x»`,
		`apiVersion: admissionregistration.k8s.io/v1beta1 «x»`,
		`kind: MutatingAdmissionPolicyBinding «x»`,
		`- mutatingwebhookconfigurations «x»`,
		`terminationMessagePolicy: FallbackToLogsOnError «x»`,
		`runbook: https://example.com/runbooks/kubestatefulsetupdatenotrolledout «x»`,
		`command: mysql -u sailor «x»`,
		`# -------------------------------------- «x»`,
		`«value: hunter2»`,
		`«image: web@sha256:4bc453b53cb3d914b45f4b250294236adba2c0e09ff6f03793949e7e39fd4cc1»`,
		`«nginx.ingress.kubernetes.io/auth-tls-secret: shop/ca»`,
	} {
		if got := newExcerpt(marked(t, source), false, false); strings.Contains(got.Text, masked) {
			t.Errorf("%s: shown as %s", source, got.Text)
		}
	}
}

func TestExcerptHidesWhatLooksRandom(t *testing.T) {
	for _, key := range []string{
		"ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a",
		"aGVsbG8gd29ybGQhIGFuZCBoYXJib3Vy",
		"AKIA" + "IOSFODNN7EXAMPLE",
		"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
		"3f786850e387550fdab836ed7e6dc881de23001b",
		"qzxkvwjpmtrsdlfhbgnc",
	} {
		got := newExcerpt(marked(t, "{«name: x», other: "+key+"}"), false, false)
		if strings.Contains(got.Text, key[3:12]) {
			t.Errorf("%s: shown as %s", key, got.Text)
		}
	}
}

func TestExcerptOfSecrets(t *testing.T) {
	leak := &lint.Rule{ID: "leak", Family: "secrets"}
	secret := &manifest.Object{Kind: "Secret"}
	for _, test := range []struct {
		name, source, value string
		object              *manifest.Object
		text, marker        string
	}{
		{"the value is hidden", `  «value: hunter2»`, "7 characters", nil, "  value: •••", "  ^^^^^^^^^^"},
		{"a quoted key", `  {«"pw":"hunter2"»}`, "", nil, `  {"pw":•••}`, "   ^^^^^^^^"},
		{"a flag", `  - «--pw=hunter2»`, "", nil, "  - --pw=•••", "    ^^^^^^^^"},
		{"a bare value", `  - «aHVudGVyMg==»`, "", nil, "  - •••", "    ^^^"},
		{"a value with a colon", `  - «admin:hunter2»`, "", nil, "  - •••", "    ^^^"},
		{"a key alone", `  «data»: {x: y}`, "", nil, "  data: {x: y}", "  ^^^^"},
		{"shown by the rule", `  «type: long-lived»`, "long-lived", nil, "  type: long-lived", "  ^^^^^^^^^^^^^^^^"},
		{"other values of a Secret", `data: {a: aHVu, «b: dGVy»}`, "", secret, "data: {•••b: •••}", "          ^^^^^^"},
		{"fields of a Secret", `{kind: Secret, «type: Opaque», x: aHVu}`, "Opaque", secret,
			"{kind: Secret, type: Opaque, x: •••}", "               ^^^^^^^^^^^^"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := excerptOf(&lint.Finding{Rule: leak, Object: test.object, Value: test.value, Span: marked(t, test.source)})
			if got.Text != test.text || got.Marker != test.marker {
				t.Errorf("got\n%s\n%s, want\n%s\n%s", got.Text, got.Marker, test.text, test.marker)
			}
		})
	}
}

// A credential in the span of a finding that is about something else is no
// more to be printed than one beside it.
func TestExcerptHidesCredentialsInTheSpan(t *testing.T) {
	for source, want := range map[string]string{
		`«password: hunter2»`:                   "password: •••",
		`- «"--token=hunter2"»`:                 `- "--token=•••"`,
		`«url: http://admin:hunter2@host/path»`: "url: http://•••@host/path",
	} {
		if got := newExcerpt(marked(t, source), false, false); got.Text != want {
			t.Errorf("%s: got %s, want %s", source, got.Text, want)
		}
	}
}

func TestPlain(t *testing.T) {
	for text, want := range map[string]string{
		"container \"app\" runs": "container \"app\" runs",
		"a\x1b]0;title\x07b":     `a\x1b]0;title\x07b`,
		"two\nlines\r":           `two\x0alines\x0d`,
		"\u200bhidden\U000e0041": `\u200bhidden\U000e0041`,
		"小舟\u3000é\u00a0🚢":       "小舟\u3000é\u00a0🚢",
		"bad \xc3 byte":          `bad \xc3 byte`,
		"from https://me:hunter2@example.com/x and http://b@c": "from https://•••@example.com/x and http://•••@c",
	} {
		if got := plain(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func FuzzExcerpt(f *testing.F) {
	f.Add("a: 1\nb:\t[x, \"y\"] # z\r\n", 5, 9, false)
	f.Add("- 小舟: \x1b[31m\u202e{password: \"hun", 3, 12, true)
	f.Add(strings.Repeat("word ", 40)+"https://a:b@c", 150, 160, false)
	f.Add(strings.Repeat("e\u0301", 3000), 9, 4000, true)
	f.Fuzz(func(t *testing.T, text string, start, end int, hide bool) {
		file, _ := manifest.NewFile("a.yaml", []byte(text))
		span := manifest.Span{File: file, Start: start, End: end}
		e := newExcerpt(span, hide, hide)
		for _, r := range e.Text + e.Marker {
			if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r) {
				t.Fatalf("%q holds %U", e.Text, r)
			}
		}
		if !utf8.ValidString(e.Text) || width(e.Text) > excerptColumns {
			t.Fatalf("%d columns in %q", width(e.Text), e.Text)
		}
		if strings.Trim(e.Marker, " ^") != "" || !strings.HasSuffix(e.Marker, "^") || strings.Contains(strings.TrimLeft(e.Marker, " "), " ") {
			t.Fatalf("marker %q", e.Marker)
		}
		// Blanks at the end of the line are not shown, but may be marked.
		if shown := strings.TrimLeft(e.Marker, " "); len(e.Marker)-len(shown) > excerptColumns || len(e.Marker) > excerptColumns+1 {
			t.Fatalf("marker %q under %q", e.Marker, e.Text)
		}
	})
}
