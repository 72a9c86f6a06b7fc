package cli

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seaworthy-lint/seaworthy/formatters"
	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/load"
	"github.com/seaworthy-lint/seaworthy/rules"
)

// canary plants secrets in the texts of files, and knows in which forms each
// must never be printed.
type canary struct {
	t       *testing.T
	planted int
	// forms are the forbidden texts, and the field in which each was planted.
	forms map[string]string
}

// forbid keeps a text, its base64, its form in a URL and its hash without a key
// out of all output: whoever guesses a password would see it by the hash.
func (c *canary) forbid(field, text string) {
	c.forms[fmt.Sprintf("%x", sha256.Sum256([]byte(text)))[:16]] = field + " (hash)"
	for _, form := range []string{text, base64.StdEncoding.EncodeToString([]byte(text)), base64.RawURLEncoding.EncodeToString([]byte(text)), url.QueryEscape(text), url.PathEscape(text)} {
		c.forms[form] = field
	}
}

// password is a new secret for a field.
func (c *canary) password(field string) string {
	c.planted++
	secret := fmt.Sprintf("q7X%03dvK=m%03dpT/4wZ", c.planted, 999-c.planted)
	if strings.Contains(field, "word") { // where = and / would end it
		secret = fmt.Sprintf("q7X%03dvKm%03dpT4wZ", c.planted, 999-c.planted)
	}
	c.forbid(field, secret)
	return secret
}

// token is a new secret whose format gives it away. It is put together here,
// so that no scanner takes this file for a leak.
func (c *canary) token(field string) string {
	c.planted++
	secret := "gl" + "pat-" + fmt.Sprintf("x9%03dKq7Rt4Wm2Zs8Lv5", c.planted)
	c.forbid(field, secret)
	return secret
}

// encoded is a password in base64.
func (c *canary) encoded(field string) string {
	return base64.StdEncoding.EncodeToString([]byte(c.password(field)))
}

// userinfo is a password in user:password of base64.
func (c *canary) userinfo(field string) string {
	text := base64.StdEncoding.EncodeToString([]byte("user:" + c.password(field)))
	c.forms[text] = field
	return text
}

// key is a new private key; each of its lines is forbidden.
func (c *canary) key(field, indent string) string {
	c.t.Helper()
	c.planted++
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		c.t.Fatal(err)
	}
	der, err := x509.MarshalECPrivateKey(private)
	if err != nil {
		c.t.Fatal(err)
	}
	text := string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}))
	c.forbid(field, text)
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		if !strings.HasPrefix(line, "-----") {
			c.forbid(field, line)
		}
	}
	return strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n"+indent)
}

// write fills in a file: ‹password›, ‹word›, ‹token›, ‹encoded›, ‹userinfo›
// and ‹key  ›, with as many blanks as stand in front of its lines, are replaced by
// new secrets.
func (c *canary) write(dir, name, text string) {
	c.t.Helper()
	var b strings.Builder
	for n := 1; ; n++ {
		before, rest, ok := strings.Cut(text, "‹")
		b.WriteString(before)
		if !ok {
			break
		}
		mark, after, _ := strings.Cut(rest, "›")
		field := fmt.Sprintf("%s, %s %d", name, mark, n)
		switch {
		case mark == "password" || mark == "word":
			b.WriteString(c.password(field))
		case mark == "token":
			b.WriteString(c.token(field))
		case mark == "encoded":
			b.WriteString(c.encoded(field))
		case mark == "userinfo":
			b.WriteString(c.userinfo(field))
		case strings.HasPrefix(mark, "key"):
			b.WriteString(c.key(field, strings.Repeat(" ", len(mark)-len("key"))))
		default:
			c.t.Fatalf("%s: unknown mark %s", name, mark)
		}
		text = after
	}
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		c.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		c.t.Fatal(err)
	}
}

// check looks for all forms in an output.
func (c *canary) check(run string, output []byte) {
	c.t.Helper()
	for form, field := range c.forms {
		if bytes.Contains(output, []byte(form)) {
			i := bytes.Index(output, []byte(form))
			c.t.Errorf("%s prints the secret of %s:\n%s", run, field, output[max(0, i-160):min(len(output), i+len(form)+60)])
		}
	}
}

func plant(t *testing.T) (*canary, string) {
	t.Helper()
	c := &canary{t: t, forms: map[string]string{}}
	dir := t.TempDir()
	files, err := filepath.Glob("testdata/canary/*")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files to plant in: %v", err)
	}
	err = filepath.WalkDir("testdata/canary", func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel("testdata/canary", path)
		c.write(dir, filepath.ToSlash(name), string(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if c.planted < 60 {
		t.Fatalf("%d secrets are planted, want 60", c.planted)
	}
	return c, dir
}

// TestNoSecretIsPrinted plants secrets in fields of every kind and looks for
// them in all that is written, in every format and at every verbosity.
func TestNoSecretIsPrinted(t *testing.T) {
	c, dir := plant(t)
	for _, format := range slices.Sorted(maps.Keys(formatters.All)) {
		for _, flags := range [][]string{
			{}, {"-v"}, {"-q"}, {"--coverage", "full"}, {"--notes"}, {"--profile", "all", "--notes", "-v", "--coverage", "full"},
			{"--profile", "pss-restricted"}, {"--select", "schema-invalid,duplicate-env-var,invalid-label,unresolved-placeholder"},
			{"--color", "always"},
		} {
			if format == "kubesec" && slices.ContainsFunc(flags, func(flag string) bool { return flag == "--profile" }) {
				continue
			}
			env, stdout, stderr := environment(dir, slices.Concat([]string{"-f", format}, flags, []string{"."})...)
			Run(context.Background(), env)
			run := format + " " + strings.Join(flags, " ")
			if stdout.Len() == 0 && !slices.Contains(flags, "-q") {
				t.Errorf("%s writes nothing: %s", run, stderr)
			}
			c.check(run, stdout.Bytes())
			c.check(run+" on standard error", stderr.Bytes())
		}
	}
	for _, rule := range rules.All() {
		env, stdout, stderr := environment(dir, "explain", rule.ID)
		Run(context.Background(), env)
		c.check("explain "+rule.ID, slices.Concat(stdout.Bytes(), stderr.Bytes()))
	}
}

// TestNoSecretIsPrintedByCrashes has a rule quote whole objects, in its
// findings and in a panic.
func TestNoSecretIsPrintedByCrashes(t *testing.T) {
	c, dir := plant(t)
	options := load.Options{Root: dir, Dir: dir}
	targets, err := load.Walk([]string{dir}, options)
	if err != nil {
		t.Fatal(err)
	}
	for _, crashes := range []bool{false, true} {
		sets, err := load.Read(context.Background(), targets, options)
		if err != nil {
			t.Fatal(err)
		}
		loud := &lint.Rule{ID: "loud", Kinds: lint.Kinds{Any: true}, Severity: lint.High, Profiles: []string{"default"}, Check: func(p *lint.Pass) {
			text := withoutMarkers(p.Object.Span().Text())
			if crashes {
				panic(text)
			}
			p.Reportf(p.Object.At("kind"), "the object is %s", text).Showing(text).Relate(p.Object.At("kind"), text)
			p.Unknown(p.Object.At("kind"), text)
		}}
		report, err := lint.Check(context.Background(), sets, lint.Options{Rules: append(rules.All(), loud), Notes: true, Version: lint.NewestVersion()})
		if err != nil {
			t.Fatal(err)
		}
		for name, format := range formatters.All {
			var b bytes.Buffer
			if err := format(&b, report, formatters.Options{FullCoverage: true}); err != nil {
				t.Fatal(err)
			}
			c.check(fmt.Sprintf("%s, crashes %t", name, crashes), b.Bytes())
		}
	}
}

// withoutMarkers is what rules read of a text: not what suppresses their findings.
func withoutMarkers(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		line, _, _ = strings.Cut(line, "seaworthy.dev/ignore:")
		b.WriteString(strings.TrimRight(line, "\n") + "\n")
	}
	return b.String()
}
