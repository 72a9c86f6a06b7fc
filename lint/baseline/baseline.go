// Package baseline keeps the findings that a repository has accepted, so that
// only new ones are reported. An entry is a finding's identity (rule, resource,
// container, field and a hash of the value), the file that it lies in, and the
// charts and overlays that it shows in: lines that move, files that are
// reformatted or renamed bring nothing new.
package baseline

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
)

// version changes when a field changes its meaning.
const version = "1"

// Baseline is what was accepted.
type Baseline struct {
	// Rules are the ids of the rules that ran when it was written: what another
	// one finds is new because of the rule.
	Rules []string
	// Entries are sorted by file, rule and resource.
	Entries []Entry
}

// Entry is one accepted finding.
type Entry struct {
	Rule      string `json:"rule"`
	Path      string `json:"path"`
	Resource  string `json:"resource,omitempty"`
	Container string `json:"container,omitempty"`
	// In are the charts and overlays in which it shows; none for plain
	// manifests.
	In       []string `json:"in,omitempty"`
	Identity string   `json:"identity"`
}

// Of is a baseline of all findings of a report, also of those that a stronger
// one hides today and that come up once it is mended.
func Of(report *lint.Report) *Baseline {
	b := &Baseline{}
	for _, rule := range report.Rules {
		b.Rules = append(b.Rules, rule.ID)
	}
	for _, f := range accepted(report) {
		b.Entries = append(b.Entries, entryOf(f))
	}
	b.sort()
	return b
}

// accepted are the findings of a report that a baseline holds: not notes, which
// pass no gate, and not what is suppressed in another way.
func accepted(report *lint.Report) []*lint.Finding {
	var all []*lint.Finding
	for _, f := range slices.Concat(report.Findings, report.Folded, report.Suppressed) {
		if !f.Note && (f.Suppressed == nil || f.Suppressed.By == lint.Baseline) {
			all = append(all, f)
		}
	}
	return all
}

func entryOf(f *lint.Finding) Entry {
	e := Entry{Rule: f.Rule.ID, Path: f.Span.File.Path, Container: f.Container, In: f.RenderedIn(), Identity: f.Identity()}
	if f.Object != nil {
		e.Resource = f.Object.ID()
	}
	return e
}

func (b *Baseline) sort() {
	slices.SortFunc(b.Entries, func(a, b Entry) int {
		return cmp.Or(
			cmp.Compare(a.Path, b.Path), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Resource, b.Resource),
			cmp.Compare(a.Container, b.Container), cmp.Compare(a.Identity, b.Identity), slices.Compare(a.In, b.In),
		)
	})
}

// join makes one of entries, which are sorted, that differ only in the charts
// and overlays in which they show.
func (b *Baseline) join() {
	joined := b.Entries[:0]
	for _, e := range b.Entries {
		if n := len(joined); n > 0 && e.joins(joined[n-1]) {
			joined[n-1] = e.within(slices.Concat(joined[n-1].In, e.In))
			continue
		}
		joined = append(joined, e)
	}
	b.Entries = joined
}

func (e Entry) joins(other Entry) bool {
	shared := slices.ContainsFunc(e.In, func(in string) bool { return slices.Contains(other.In, in) })
	return len(e.In) > 0 && len(other.In) > 0 && !shared && e.Path == other.Path && e.Identity == other.Identity
}

// Marshal writes a baseline with a line for each entry, so that git can merge
// two of them.
func (b *Baseline) Marshal() ([]byte, error) {
	var out bytes.Buffer
	rules, err := json.Marshal(slices.Sorted(slices.Values(b.Rules)))
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(&out, "{\n  \"schemaVersion\": %q,\n  \"rules\": %s,\n  \"findings\": [", version, rules)
	for i, e := range b.Entries {
		line, err := json.Marshal(e)
		if err != nil {
			return nil, err
		}
		separator := ","
		if i == 0 {
			separator = ""
		}
		fmt.Fprintf(&out, "%s\n    %s", separator, line)
	}
	out.WriteString("\n  ]\n}\n")
	return out.Bytes(), nil
}

// Parse reads a baseline. An error names the line.
func Parse(content []byte) (*Baseline, error) {
	var file struct {
		SchemaVersion string   `json:"schemaVersion"`
		Rules         []string `json:"rules"`
		Findings      []Entry  `json:"findings"`
	}
	if err := json.Unmarshal(content, &file); err != nil {
		return nil, fmt.Errorf("line %d: %w", lineOf(content, err), err)
	}
	if file.SchemaVersion != version {
		return nil, fmt.Errorf("schema version %q is none that this program reads (%s): write the baseline anew", file.SchemaVersion, version)
	}
	return &Baseline{Rules: file.Rules, Entries: file.Findings}, nil
}

// lineOf is the line of a JSON error, 1 when it names no place.
func lineOf(content []byte, err error) int {
	offset := int64(0)
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		offset = syntax.Offset
	}
	if mismatch, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		offset = mismatch.Offset
	}
	return 1 + strings.Count(string(content[:min(int(offset), len(content))]), "\n")
}
