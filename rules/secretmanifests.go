package rules

import (
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/secret"
	"github.com/seaworthy-lint/seaworthy/lint/secret/carrier"
)

// plaintextSecret reports a Secret once, at the first of its keys that holds a
// literal.
func plaintextSecret(p *lint.Pass) {
	if p.Object.At("type").Str() == "bootstrap.kubernetes.io/token" && len(bootstrapSecret(p.Object)) > 0 {
		return // bootstrap-token-exposed
	}
	hits := map[*manifest.Node][]*carrier.Hit{}
	for _, h := range carrier.In(p.Set, p.Object) {
		hits[h.Node] = append(hits[h.Node], h)
	}
	var keys []*manifest.Node
	var shown []string
	for _, entry := range secretEntries(p.Object) {
		what, known := literalData(entry, hits[entry.node])
		switch {
		case !known:
			p.Unknown(entry.node, "the value is templated")
		case what != "":
			keys = append(keys, entry.node)
			shown = append(shown, entry.node.Key+" ("+what+")")
		}
	}
	if len(keys) == 0 {
		return
	}
	slices.Sort(shown)
	names := make([]string, len(keys))
	for i, key := range keys {
		names[i] = key.Key
	}
	f := p.Reportf(keys[0], "Secret %q holds literal data, not encrypted: %s", p.Object.Name, strings.Join(few(names, manyWords), ", ")).Showing(strings.Join(shown, ", "))
	for _, key := range keys[1:] {
		f.Relate(key, "also holds literal data")
	}
}

// literalData says what an entry of a Secret holds that is secret, "" when
// nothing is. known is false where a template makes it.
func literalData(entry secretText, hits []*carrier.Hit) (what string, known bool) {
	value := entry.node.Str()
	switch {
	case strings.TrimSpace(entry.text) == "", secret.Encrypted(value), secret.Encrypted(entry.text):
		return "", true
	case carrier.Computed(entry.node, value), entry.node.Templated(), manifest.IsTemplate(entry.text) && len(hits) == 0:
		return "", false
	}
	for _, h := range hits {
		if !h.Note {
			return h.Shown().String(), true
		}
	}
	return "", true
}
