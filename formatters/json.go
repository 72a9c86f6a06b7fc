package formatters

import (
	"cmp"
	"encoding/json"
	"io"
	"slices"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// jsonSchemaVersion changes when a field changes its meaning or goes away, not
// when one is added. docs/report.schema.json describes the report.
const jsonSchemaVersion = "1"

type jsonReport struct {
	jsonHeader
	Summary   jsonSummary    `json:"summary"`
	Coverage  jsonCoverage   `json:"coverage"`
	Resources []jsonResource `json:"resources"`
	Findings  []jsonFinding  `json:"findings"`
}

type jsonHeader struct {
	SchemaVersion     string   `json:"schemaVersion"`
	Tool              jsonTool `json:"tool"`
	KubernetesVersion string   `json:"kubernetesVersion"`
	Profile           string   `json:"profile"`
}

type jsonTool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

type jsonSummary struct {
	Resources  int        `json:"resources"`
	Findings   jsonCounts `json:"findings"`
	ExitStatus int        `json:"exitStatus"`
}

type jsonCounts struct {
	Critical int `json:"critical"`
	High     int `json:"high"`
	Medium   int `json:"medium"`
	Low      int `json:"low"`
}

type jsonCoverage struct {
	Documents int                     `json:"documents"`
	ByStatus  map[manifest.Status]int `json:"byStatus"`
	Entries   []jsonDocument          `json:"entries"`
	Unknown   []jsonUnknown           `json:"unknown"`
}

type jsonDocument struct {
	Path     string          `json:"path"`
	Document int             `json:"document,omitempty"` // absent for a file as a whole
	Line     int             `json:"line,omitempty"`
	Status   manifest.Status `json:"status"`
	Kind     string          `json:"kind"`
	Reason   string          `json:"reason"`
}

type jsonUnknown struct {
	Rule     string `json:"rule"`
	Resource string `json:"resource,omitempty"`
	Path     string `json:"path"`
	Line     int    `json:"line"`
	Reason   string `json:"reason"`
}

type jsonResource struct {
	ID         string       `json:"id"`
	APIVersion string       `json:"apiVersion"`
	Kind       string       `json:"kind"`
	Namespace  string       `json:"namespace,omitempty"`
	Name       string       `json:"name"`
	Target     jsonTarget   `json:"target"`
	Location   jsonLocation `json:"location"`
	Score      *jsonScore   `json:"score,omitempty"`
}

type jsonTarget struct {
	Type string `json:"type"`
	Path string `json:"path"`
}

type jsonScore struct {
	Points   int          `json:"points"`
	Max      int          `json:"max"`
	Critical []jsonPoints `json:"critical"`
	Passed   []jsonPoints `json:"passed"`
	Advise   []jsonPoints `json:"advise"`
	Unknown  int          `json:"unknown"`
}

type jsonPoints struct {
	Rule   string `json:"rule"`
	Points int    `json:"points"`
}

type jsonFinding struct {
	Rule          string        `json:"rule"`
	Severity      string        `json:"severity"`
	Note          bool          `json:"note,omitempty"`
	Message       string        `json:"message"`
	Resource      string        `json:"resource,omitempty"`
	Container     string        `json:"container,omitempty"`
	ContainerRole manifest.Role `json:"containerRole,omitempty"`
	Field         string        `json:"field,omitempty"`
	Value         string        `json:"value,omitempty"`
	Location      jsonLocation  `json:"location"`
	Related       []jsonRelated `json:"related,omitempty"`
	AlsoIn        []string      `json:"alsoIn,omitempty"`
	FoldedInto    string        `json:"foldedInto,omitempty"`
	Fingerprint   string        `json:"fingerprint"`
}

type jsonRelated struct {
	Message  string       `json:"message"`
	Location jsonLocation `json:"location"`
}

type jsonLocation struct {
	Path        string `json:"path"`
	StartLine   int    `json:"startLine"`
	StartColumn int    `json:"startColumn"`
	EndLine     int    `json:"endLine"`
	EndColumn   int    `json:"endColumn"`
	Exact       bool   `json:"exact"`
}

// JSON writes a report as one object, for programs.
func JSON(w io.Writer, r *lint.Report, o Options) error {
	encoder := newEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(jsonReport{
		jsonHeader: headerOf(r),
		Summary:    summaryOf(r),
		Coverage:   coverageOf(r, o.FullCoverage),
		Resources:  mapped(r.Resources, resourceJSON),
		Findings:   mapped(allFindings(r), findingJSON),
	})
}

// JSONLines writes a report as an object on each line: the findings, then the
// resources, the coverage and the summary.
func JSONLines(w io.Writer, r *lint.Report, o Options) error {
	encoder := newEncoder(w)
	var lines []any
	for _, f := range allFindings(r) {
		lines = append(lines, struct {
			Type string `json:"type"`
			jsonFinding
		}{"finding", findingJSON(f)})
	}
	for _, resource := range r.Resources {
		lines = append(lines, struct {
			Type string `json:"type"`
			jsonResource
		}{"resource", resourceJSON(resource)})
	}
	lines = append(lines, struct {
		Type string `json:"type"`
		jsonCoverage
	}{"coverage", coverageOf(r, o.FullCoverage)})
	lines = append(lines, struct {
		Type string `json:"type"`
		jsonHeader
		jsonSummary
	}{"summary", headerOf(r), summaryOf(r)})
	for _, line := range lines {
		if err := encoder.Encode(line); err != nil {
			return err
		}
	}
	return nil
}

func newEncoder(w io.Writer) *json.Encoder {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	return encoder
}

// mapped turns each item into its JSON; no items make an empty list, never
// null.
func mapped[In, Out any](items []In, f func(In) Out) []Out {
	list := make([]Out, 0, len(items))
	for _, item := range items {
		list = append(list, f(item))
	}
	return list
}

func headerOf(r *lint.Report) jsonHeader {
	return jsonHeader{
		SchemaVersion:     jsonSchemaVersion,
		Tool:              jsonTool{Name: "seaworthy", Version: r.ToolVersion},
		KubernetesVersion: r.Version.String(),
		Profile:           r.Profile,
	}
}

func summaryOf(r *lint.Report) jsonSummary {
	return jsonSummary{
		Resources: len(r.Resources),
		Findings: jsonCounts{
			Critical: r.Count(lint.Critical), High: r.Count(lint.High), Medium: r.Count(lint.Medium), Low: r.Count(lint.Low),
		},
		ExitStatus: r.ExitStatus,
	}
}

func coverageOf(r *lint.Report, full bool) jsonCoverage {
	c := jsonCoverage{
		Documents: len(r.Documents),
		ByStatus:  r.ByStatus(),
		Entries:   []jsonDocument{},
		Unknown:   mapped(r.Unknown, unknownJSON),
	}
	for _, d := range r.Documents {
		if full || d.Status != manifest.Linted {
			c.Entries = append(c.Entries, documentJSON(d))
		}
	}
	return c
}

func documentJSON(d *manifest.Document) jsonDocument {
	entry := jsonDocument{
		Path: documentPath(d), Document: d.Number, Status: d.Status, Kind: d.Kind, Reason: withoutCredentials(d.Reason),
	}
	if start := documentStart(d); start.File != nil {
		entry.Line = start.File.Position(start.Start).Line
	}
	return entry
}

func unknownJSON(u lint.Unknown) jsonUnknown {
	at := locationJSON(u.Span, true)
	return jsonUnknown{Rule: u.Rule.ID, Resource: objectID(u.Object), Path: at.Path, Line: at.StartLine, Reason: withoutCredentials(u.Reason)}
}

func resourceJSON(r *lint.Resource) jsonResource {
	o := r.Object
	resource := jsonResource{
		ID: o.ID(), APIVersion: o.APIVersion, Kind: o.Kind, Namespace: o.Namespace, Name: o.Name,
		Target:   jsonTarget{Type: r.Target.Type, Path: r.Target.Path},
		Location: locationJSON(o.Anchor(), true),
	}
	if s := r.Score; s.Scored() {
		resource.Score = &jsonScore{
			Points: s.Points, Max: s.Max, Unknown: s.Unknown,
			Critical: mapped(s.Critical, pointsJSON), Passed: mapped(s.Passed, pointsJSON), Advise: mapped(s.Advise, pointsJSON),
		}
	}
	return resource
}

func pointsJSON(r *lint.Rule) jsonPoints { return jsonPoints{Rule: r.ID, Points: r.Points} }

// allFindings are the findings with those that were folded, by place.
func allFindings(r *lint.Report) []*lint.Finding {
	all := slices.Concat(r.Findings, r.Folded)
	slices.SortStableFunc(all, func(a, b *lint.Finding) int {
		return cmp.Or(cmp.Compare(pathOf(a.Span.File), pathOf(b.Span.File)), cmp.Compare(a.Span.Start, b.Span.Start))
	})
	return all
}

func findingJSON(f *lint.Finding) jsonFinding {
	finding := jsonFinding{
		Rule:          f.Rule.ID,
		Severity:      f.Severity.String(),
		Note:          f.Note,
		Message:       withoutCredentials(f.Message),
		Resource:      objectID(f.Object),
		Container:     f.Container,
		ContainerRole: f.Role,
		Field:         f.Field,
		Value:         withoutCredentials(f.Value),
		Location:      locationJSON(f.Span, f.Exact),
		AlsoIn:        f.AlsoIn,
		FoldedInto:    f.FoldedInto,
		Fingerprint:   f.Fingerprint,
	}
	for _, related := range relatedPlaces(f) {
		finding.Related = append(finding.Related, jsonRelated{withoutCredentials(related.Message), locationJSON(related.Span, true)})
	}
	return finding
}

func objectID(o *manifest.Object) string {
	if o == nil {
		return ""
	}
	return o.ID()
}

// locationJSON counts columns in characters; the end is exclusive.
func locationJSON(span manifest.Span, exact bool) jsonLocation {
	if span.File == nil {
		return jsonLocation{}
	}
	start, end := span.File.Position(span.Start), span.File.Position(span.End)
	return jsonLocation{
		Path: span.File.Path, StartLine: start.Line, StartColumn: start.Column, EndLine: end.Line, EndColumn: end.Column, Exact: exact,
	}
}
