package networkpolicy

import (
	"strings"
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// labelsOf answers from a table, in which a value of "?" is not known.
func labelsOf(labels map[string]string) labelOf {
	return func(key string) (string, manifest.Truth) {
		value, there := labels[key]
		if value == "?" {
			return "", manifest.Unknown
		}
		return value, manifest.TruthOf(there)
	}
}

// TestCalicoSelector holds the language against the examples of
// docs.tigera.io/calico/latest/reference/resources/networkpolicy#selectors.
func TestCalicoSelector(t *testing.T) {
	labels := labelsOf(map[string]string{"app": "web", "tier": "front-end", "a.b/c": "x", "vague": "?"})
	for text, want := range map[string]manifest.Truth{
		"":                                 manifest.True,
		"  ":                               manifest.True,
		"all()":                            manifest.True,
		"global()":                         manifest.False,
		"app == 'web'":                     manifest.True,
		"app==\"web\"":                     manifest.True,
		"app == 'db'":                      manifest.False,
		"none == 'web'":                    manifest.False,
		"app != 'db'":                      manifest.True,
		"none != 'db'":                     manifest.True,
		"app in {'db', 'web'}":             manifest.True,
		"app in {}":                        manifest.False,
		"app not in {'db'}":                manifest.True,
		"none not in {'db'}":               manifest.True,
		"has(app)":                         manifest.True,
		"has( none )":                      manifest.False,
		"!has(app)":                        manifest.False,
		"!!has(app)":                       manifest.True,
		"tier contains 'nt-e'":             manifest.True,
		"tier starts with 'front'":         manifest.True,
		"tier ends with 'front'":           manifest.False,
		"a.b/c == 'x'":                     manifest.True,
		"app == 'db' || has(tier)":         manifest.True,
		"app == 'web' && has(none)":        manifest.False,
		"has(none) && has(app) || all()":   manifest.True,
		"has(none) && (has(app) || all())": manifest.False,
		"!(app == 'web' && tier == 'x')":   manifest.True,
		"vague == 'x'":                     manifest.Unknown,
		"vague == 'x' || has(app)":         manifest.True,
		"vague != 'x' && has(none)":        manifest.False,
		"!has(vague)":                      manifest.Unknown,
	} {
		s, err := parseCalicoSelector(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
		} else if got := s.matches(labels); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}

// TestCalicoSelectorErrors refuses what is no selector.
func TestCalicoSelectorErrors(t *testing.T) {
	for _, text := range []string{
		"app", "app = 'web'", "app == web", "app == 'web", "has(app", "(all()", "all() all()", "app in 'web'", "app in {'a' 'b'}",
		"&& all()", "all() ||", "!", "== 'x'", strings.Repeat("(", 1000), strings.Repeat("x", maxSelectorLength+1),
	} {
		if _, err := parseCalicoSelector(text); err == nil {
			t.Errorf("%q is read", text)
		}
	}
}

// TestCalicoSelectorEquals finds the labels that all selected have.
func TestCalicoSelectorEquals(t *testing.T) {
	for text, want := range map[string]int{
		"a == 'x' && b == 'y'": 2, "a == 'x' || b == 'y'": 0, "!(a == 'x')": 0, "a != 'x'": 0, "(a == 'x') && has(b)": 1, "all() && all()": 0,
	} {
		s, err := parseCalicoSelector(text)
		if err != nil || len(s.equals) != want {
			t.Errorf("%q: %v, want %d (%v)", text, s.equals, want, err)
		}
		if every := text == "all() && all()"; s.every != every {
			t.Errorf("%q selects all: %v", text, s.every)
		}
	}
}

// FuzzCalicoSelector parses any text, and asks what was parsed: what it says of
// labels that it needs must hold for all that it selects.
func FuzzCalicoSelector(f *testing.F) {
	for _, seed := range []string{"all()", "a == 'b' && !has(c) || d in {'e','f'}", "((a != \"b\"))", "a starts with 'b'", "a not in {'x'}"} {
		f.Add(seed, "a", "b")
	}
	f.Fuzz(func(t *testing.T, text, key, value string) {
		s, err := parseCalicoSelector(text)
		if err != nil {
			return
		}
		labels := map[string]string{key: value}
		if s.matches(labelsOf(labels)) != manifest.True {
			if s.every {
				t.Errorf("%q selects all, but not %v", text, labels)
			}
			return
		}
		for needed, as := range s.equals {
			if labels[needed] != as {
				t.Errorf("%q selects %v without %s=%s", text, labels, needed, as)
			}
		}
	})
}
