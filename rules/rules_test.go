package rules

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/linttest"
)

// testParams are the parameters of rules that find nothing without.
var testParams = map[string]any{
	"required-labels-missing": &requiredLabelsParams{
		Labels:      []string{"owner"},
		Annotations: []string{"example.com/contact=[^@]+@example\\.com"},
		Kinds:       []string{"Deployment", "Service", "CronJob"},
	},
}

// TestFixtures runs each rule over its fixtures: testdata/<id>.yaml and
// testdata/<id>_<case>.yaml, or folders of these names for scopes.
func TestFixtures(t *testing.T) {
	for _, r := range All() {
		t.Run(r.ID, func(t *testing.T) {
			var paths []string
			for _, pattern := range []string{r.ID, r.ID + ".yaml", r.ID + "_*"} {
				found, err := filepath.Glob(filepath.Join("testdata", pattern))
				if err != nil {
					t.Fatal(err)
				}
				paths = append(paths, found...)
			}
			if params, ok := testParams[r.ID]; ok {
				r.Params = params
			}
			if len(paths) == 0 {
				t.Fatalf("no fixture testdata/%s.yaml", r.ID)
			}
			for _, path := range paths {
				linttest.Run(t, path, withSuppressed(r)...)
			}
		})
	}
}

// withSuppressed are the rule and, for one about suppressions, two that may be
// suppressed.
func withSuppressed(r *lint.Rule) []*lint.Rule {
	if r.Family != "suppressions" {
		return []*lint.Rule{r}
	}
	return append(lint.Find(All(), "host-pid"), append(lint.Find(All(), "privileged-container"), r)...)
}

// snippetVersions are the versions that the snippets of rules need which find
// nothing in the newest.
var snippetVersions = map[string]lint.Version{
	"sub-path-mount": {Minor: 21, Patch: 4, Named: true},
}

// TestSnippets lints the bad and the good snippet of each rule: what the help
// advises must clear the finding.
func TestSnippets(t *testing.T) {
	for _, r := range All() {
		t.Run(r.ID, func(t *testing.T) {
			if r.ID == "image-registry-untrusted" { // finds nothing until it is told what to trust
				r.Params = &registryParams{Allowed: []string{"registry.example.com"}}
			}
			if params, ok := testParams[r.ID]; ok {
				r.Params = params
			}
			opts := lint.Options{Rules: withSuppressed(r), Notes: true, Strict: !slices.Contains(r.Profiles, "default"), Version: snippetVersions[r.ID]}
			count := func(name, snippet string) int {
				report := linttest.Check(t, linttest.Load(t, name, []byte(snippet)), opts)
				found := 0
				for _, f := range report.Findings {
					if f.Rule == r {
						found++
					}
				}
				return found
			}
			if count("bad.yaml", r.Bad) == 0 {
				t.Error("the bad snippet has no finding")
			}
			if n := count("good.yaml", r.Good); n != 0 {
				t.Errorf("the good snippet has %d findings", n)
			}
		})
	}
}

var kebab = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// TestComplete keeps half-made rules out.
func TestComplete(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range All() {
		if seen[r.ID] || !kebab.MatchString(r.ID) {
			t.Errorf("%s: id must be unique and kebab-case", r.ID)
		}
		seen[r.ID] = true
		for name, text := range map[string]string{"Title": r.Title, "Fix": r.Fix, "Why": r.Why} {
			if text == "" || strings.Contains(text, "\n") || len(text) > 1000 {
				t.Errorf("%s: %s must be one line of at most 1000 characters", r.ID, name)
			}
		}
		if r.Versions != "" && (!strings.HasSuffix(r.Versions, ".") || !strings.ContainsAny(r.Versions, "123456789") && !strings.Contains(r.Versions, "version")) {
			t.Errorf("%s: a note about versions is a sentence that names one", r.ID)
		}
		if strings.HasSuffix(r.Title, ".") || !strings.HasSuffix(r.Why, ".") {
			t.Errorf("%s: a title has no full stop, a reason has one", r.ID)
		}
		if r.Severity == 0 || (r.Check == nil) != (r.Family == "suppressions") || r.Family == "" || r.Scope == "" || r.FixKind == "" || len(r.Profiles) == 0 {
			t.Errorf("%s: incomplete", r.ID)
		}
		if !strings.HasSuffix(r.Bad, "\n") || !strings.HasSuffix(r.Good, "\n") {
			t.Errorf("%s: snippets end with a line break", r.ID)
		}
		for _, profile := range r.Profiles {
			if !slices.Contains(Profiles, profile) && profile != "novel" && profile != "optin" {
				t.Errorf("%s: unknown profile %q", r.ID, profile)
			}
		}
		if pss := r.InProfile("pss-restricted"); pss != (r.PodSecurity != nil) {
			t.Errorf("%s: rules of the pss profiles, and only they, need a PodSecurity check", r.ID)
		}
	}
	for _, r := range All() {
		for _, hidden := range r.Hides {
			if hidden == r.ID {
				t.Errorf("%s hides itself", r.ID)
			}
		}
	}
}
