package lint

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/markers"
	"github.com/seaworthy-lint/seaworthy/lint/secret"
)

// hashPrefix begins a value that is given by its hash; shortestHash is how many
// hexadecimal digits of it are enough, and shownHash how many are shown.
const (
	hashPrefix   = "sha256:"
	shortestHash = 12
	shownHash    = 16
)

// ValueHash is the hash by which a suppression may name a finding's value, as
// Selector.Value takes it; "" for a finding without a value.
func (f *Finding) ValueHash() string {
	if f.Value == "" {
		return ""
	}
	return f.valueHash()[:len(hashPrefix)+shownHash]
}

func (f *Finding) valueHash() string {
	sum := sha256.Sum256([]byte(f.Value))
	return hashPrefix + hex.EncodeToString(sum[:])
}

// brackets are the selector as people write it, but for a value that may be a
// credential; "" for one that selects everything.
func (s Selector) brackets() string {
	if s.isDelicate() {
		s.Value = "…"
	}
	var parts []string
	for _, key := range markers.SelectorKeys {
		if value := *s.field(key); value != "" {
			parts = append(parts, key+"="+value)
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// isDelicate tells whether the value of a selector may be a credential, which
// people write there although no finding has one for its value.
func (s Selector) isDelicate() bool {
	return s.Value != "" && !(strings.HasPrefix(s.Value, hashPrefix) && s.hasGoodHash()) && secret.Judge("password", s.Value).Class != secret.Nothing
}

// field is the field that a key of markers.SelectorKeys names.
func (s *Selector) field(key string) *string {
	return map[string]*string{
		"path": &s.Path, "kind": &s.Kind, "name": &s.Name, "namespace": &s.Namespace,
		"container": &s.Container, "field": &s.Field, "value": &s.Value,
	}[key]
}

// Validate says what is wrong with the patterns of a selector.
func (s Selector) Validate() error {
	if s.Path != "" {
		if err := ValidateGlob(s.Path); err != nil {
			return err
		}
	}
	for _, pattern := range []string{s.Kind, s.Name, s.Namespace, s.Container} {
		if _, err := path.Match(pattern, ""); err != nil {
			return fmt.Errorf("%q is no glob", pattern)
		}
	}
	if !s.hasGoodHash() {
		return fmt.Errorf("the value is no hash: use %s and at least %d hexadecimal digits", hashPrefix, shortestHash)
	}
	return nil
}

// hasGoodHash tells whether a value that is given by its hash has one.
func (s Selector) hasGoodHash() bool {
	digits, isHash := strings.CutPrefix(s.Value, hashPrefix)
	return !isHash || len(digits) >= shortestHash && strings.Trim(strings.ToLower(digits), "0123456789abcdef") == ""
}

// selects tells whether a selector means a finding.
func (s Selector) selects(f *Finding) bool {
	kind, name, namespace := "", "", ""
	if f.Object != nil {
		kind, name, namespace = f.Object.Kind, f.Object.Name, f.Object.Namespace
	}
	return (s.Path == "" || MatchesPath(s.Path, f.Span.File.Path)) &&
		fits(s.Kind, kind) && fits(s.Name, name) && fits(s.Namespace, namespace) && fits(s.Container, f.Container) &&
		(s.Field == "" || within(s.Field, f.Field) || within(s.Field, f.stableField)) &&
		s.hasValue(f)
}

func (s Selector) hasValue(f *Finding) bool {
	if strings.HasPrefix(s.Value, hashPrefix) {
		return f.Value != "" && strings.HasPrefix(f.valueHash(), strings.ToLower(s.Value))
	}
	return s.Value == "" || s.Value == f.Value
}

// fits tells whether a glob that was validated, or none, matches a name.
func fits(pattern, name string) bool {
	if pattern == "" || pattern == name {
		return true
	}
	ok, err := path.Match(pattern, name)
	return ok && err == nil
}

// within tells whether a field is another one or lies below it.
func within(outer, field string) bool {
	rest, ok := strings.CutPrefix(field, outer)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// selectorOf turns what was written in brackets into a selector.
func selectorOf(written []markers.Selector) Selector {
	var s Selector
	for _, w := range written {
		*s.field(w.Key) = w.Value
	}
	return s
}
