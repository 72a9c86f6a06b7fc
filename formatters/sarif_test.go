package formatters

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/linttest"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/rules"
)

// sarifLog is the part of a log that GitHub reads, and what must not be in it.
type sarifLog struct {
	Schema  string       `json:"$schema"`
	Version string       `json:"version"`
	Runs    []sarifRunOf `json:"runs"`
}

type sarifRunOf struct {
	Tool struct {
		Driver struct {
			Name, Version, SemanticVersion, InformationURI string
			Rules                                          []sarifRuleOf
		}
	}
	Results            []sarifResultOf
	AutomationDetails  struct{ ID string }
	ColumnKind         string
	OriginalURIBaseIDs map[string]struct{ URI string } `json:"originalUriBaseIds"`
	Invocations        []map[string]any
}

type sarifRuleOf struct {
	ID, Name, HelpURI                 string
	ShortDescription, FullDescription struct{ Text string }
	Help                              struct{ Text, Markdown string }
	DefaultConfiguration              struct{ Level string }
	Properties                        map[string]any
}

type sarifResultOf struct {
	RuleID              string
	RuleIndex           *int
	Level               string
	Message             struct{ Text string }
	Locations           []sarifLocationOf
	RelatedLocations    []sarifLocationOf
	PartialFingerprints map[string]string
	Properties          map[string]any
}

type sarifLocationOf struct {
	ID               int
	Message          struct{ Text string }
	PhysicalLocation struct {
		ArtifactLocation struct{ URI, URIBaseID string }
		Region           struct{ StartLine, StartColumn, EndLine, EndColumn int }
	}
}

func (l sarifLocationOf) uri() string { return l.PhysicalLocation.ArtifactLocation.URI }

// sarifOf writes a report and reads its only run.
func sarifOf(t testing.TB, r *lint.Report) sarifRunOf {
	t.Helper()
	var b bytes.Buffer
	if err := All["sarif"](&b, r, Options{}); err != nil {
		t.Fatal(err)
	}
	var log sarifLog
	if err := json.Unmarshal(b.Bytes(), &log); err != nil {
		t.Fatal(err)
	}
	if log.Version != "2.1.0" || !strings.HasSuffix(log.Schema, "sarif-2.1.0.json") {
		t.Errorf("version %q, schema %q", log.Version, log.Schema)
	}
	if len(log.Runs) != 1 {
		t.Fatalf("%d runs", len(log.Runs))
	}
	if log.Runs[0].Results == nil {
		t.Error("results are absent; without findings they must be an empty list")
	}
	return log.Runs[0]
}

// sarifProbe reports each word below "data" of an object as the word says.
func sarifProbe(severity lint.Severity) *lint.Rule {
	return &lint.Rule{
		ID: "probe-" + severity.String(), Family: "probe", Title: "word found", Why: "It is a test.", Fix: "delete it",
		Severity: severity, Profiles: []string{"default"}, Kinds: lint.Kinds{Any: true}, Scope: lint.ResourceScope,
		Check: func(p *lint.Pass) {
			data := p.Object.At("data")
			for _, n := range data.Fields() {
				if !strings.HasPrefix(n.Str(), severity.String()) {
					continue
				}
				f := p.Reportf(n, "%s is %s", n.Key, n.Str())
				if strings.HasSuffix(n.Str(), " related") {
					f.Relate(data, "the [map] it is in").Relate(nil, "nowhere").Relate(p.Object.At("kind"), "the kind")
				}
				if strings.HasSuffix(n.Str(), " near") {
					f.Exact = false
				}
				if strings.HasSuffix(n.Str(), " note") {
					f.AsNote()
				}
			}
		},
	}
}

func sarifProbes() []*lint.Rule {
	var probes []*lint.Rule
	for _, s := range lint.Severities() {
		probes = append(probes, sarifProbe(s))
	}
	return probes
}

func sarifCheck(t testing.TB, text string, probes ...*lint.Rule) *lint.Report {
	t.Helper()
	return linttest.Check(t, linttest.Load(t, "deploy/app.yaml", []byte(text)), lint.Options{Rules: probes, Notes: true})
}

const sarifHeader = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: words\n  namespace: shop\n"

func TestSARIFOfNothing(t *testing.T) {
	for _, r := range []*lint.Report{
		{Rules: rules.All()},
		sarifCheck(t, sarifHeader, rules.All()...),
		{},
	} {
		run := sarifOf(t, r)
		if len(run.Results) != 0 || len(run.Tool.Driver.Rules) != len(r.Rules) || run.Tool.Driver.Rules == nil {
			t.Errorf("%d results, %d rules of %d", len(run.Results), len(run.Tool.Driver.Rules), len(r.Rules))
		}
	}
}

func TestSARIFDriver(t *testing.T) {
	for version, semantic := range map[string]string{
		"1.2.3": "1.2.3", "v1.2.3": "1.2.3", "0.4.0-rc.1+linux": "0.4.0-rc.1+linux", "v0.0.0-20260101120000-0123456789ab": "0.0.0-20260101120000-0123456789ab",
		"(devel)": "", "1.2": "", "1.02.3": "", "1.2.3 ": "", "1.2.3-": "", "1.2.3-01": "", "1.2.3-0a.0": "1.2.3-0a.0", "1.2.3\n": "", "": "",
	} {
		driver := sarifOf(t, &lint.Report{ToolVersion: version}).Tool.Driver
		if driver.SemanticVersion != semantic || driver.Version != cmp.Or(semantic, version) {
			t.Errorf("%q: version %q, semantic version %q, want %q", version, driver.Version, driver.SemanticVersion, semantic)
		}
		if driver.Name != "seaworthy" || driver.InformationURI != "https://github.com/seaworthy-lint/seaworthy" {
			t.Errorf("driver %q at %q", driver.Name, driver.InformationURI)
		}
	}
}

func TestSARIFRules(t *testing.T) {
	all := rules.All()
	long := sarifProbe(lint.Low)
	long.Title, long.Why = strings.Repeat("ü", 2000), strings.Repeat("ß", 1025)
	long.Bad, long.Good = "kind: Bad\n", "text: ```\n"
	all = append(all, long)
	byID := map[string]*lint.Rule{}
	for _, r := range all {
		byID[r.ID] = r
	}
	slices.Reverse(all)
	described := sarifOf(t, &lint.Report{Rules: all}).Tool.Driver.Rules
	if !slices.IsSortedFunc(described, func(a, b sarifRuleOf) int { return strings.Compare(a.ID, b.ID) }) || len(described) != len(all) {
		t.Errorf("%d of %d rules, sorted by id", len(described), len(all))
	}
	levels := map[lint.Severity]string{lint.Critical: "error", lint.High: "error", lint.Medium: "warning", lint.Low: "note"}
	for _, got := range described {
		r := byID[got.ID]
		for name, text := range map[string]string{"shortDescription": got.ShortDescription.Text, "fullDescription": got.FullDescription.Text} {
			if n := utf8.RuneCountInString(text); n == 0 || n > 1024 {
				t.Errorf("%s: %s has %d characters", got.ID, name, n)
			}
		}
		if !strings.Contains(got.Help.Text, r.Why) || !strings.Contains(got.Help.Markdown, "```yaml\n"+r.Bad+"```\n") || !strings.Contains(got.Help.Markdown, "`yaml\n"+r.Good+"```") {
			t.Errorf("%s: incomplete help %.500q", got.ID, got.Help.Markdown)
		}
		if got.Name == "" || len(got.Name) > 255 || strings.Contains(got.Name, "-") || !strings.HasSuffix(got.HelpURI, "/docs/rules/"+got.ID+".md") {
			t.Errorf("%s: name %q, helpUri %q", got.ID, got.Name, got.HelpURI)
		}
		if tags, _ := got.Properties["tags"].([]any); len(tags) != len(slices.Compact(slices.Sorted(slices.Values(texts(tags))))) {
			t.Errorf("%s: tags %v are not unique", got.ID, tags)
		}
		if got.DefaultConfiguration.Level != levels[r.Severity] {
			t.Errorf("%s: level %q", got.ID, got.DefaultConfiguration.Level)
		}
	}
}

func TestSARIFProperties(t *testing.T) {
	many := strings.Fields("default strict pss-baseline pss-restricted cis nsa kubesec reliability a b c d e")
	for _, test := range []struct {
		severity          lint.Severity
		profiles          []string
		security, problem any
		precision, tags   string
	}{
		{severity: lint.Critical, profiles: []string{"default", "strict", "cis"}, security: "9.5", precision: "very-high", tags: "security kubernetes probe cis"},
		{severity: lint.High, profiles: []string{"strict"}, security: "8.0", precision: "high", tags: "security kubernetes probe"},
		{severity: lint.Medium, profiles: []string{"strict", "reliability"}, security: "5.5", precision: "high", tags: "security kubernetes probe reliability"},
		{severity: lint.Low, profiles: []string{"optin"}, security: "2.0", precision: "high", tags: "security kubernetes probe"},
		{severity: lint.High, profiles: []string{"reliability"}, problem: "error", precision: "high", tags: "kubernetes probe reliability"},
		{severity: lint.Medium, profiles: []string{"reliability", "novel"}, problem: "warning", precision: "high", tags: "kubernetes probe reliability"},
		{severity: lint.Low, profiles: []string{"reliability"}, problem: "recommendation", precision: "high", tags: "kubernetes probe reliability"},
		{severity: lint.Low, profiles: many, security: "2.0", precision: "very-high", tags: "security kubernetes probe pss-baseline pss-restricted cis nsa kubesec reliability a"},
	} {
		r := sarifProbe(test.severity)
		r.Profiles = test.profiles
		got := sarifOf(t, &lint.Report{Rules: []*lint.Rule{r}}).Tool.Driver.Rules[0].Properties
		if got["security-severity"] != test.security || got["problem.severity"] != test.problem || got["precision"] != test.precision {
			t.Errorf("%s %v: %v", test.severity, test.profiles, got)
		}
		if tags := strings.Trim(fmt.Sprint(got["tags"]), "[]"); tags != test.tags {
			t.Errorf("%s %v: tags %s, want %s", test.severity, test.profiles, tags, test.tags)
		}
	}
}

func TestSARIFResults(t *testing.T) {
	r := sarifCheck(t, sarifHeader+"data:\n  a: low\n  b: medium\n  c: high\n  d: critical\n  e: critical\n", sarifProbes()...)
	r.Findings[0].Severity = lint.Medium // the finding's severity counts, not the rule's
	run := sarifOf(t, r)
	want := [][]string{
		{"probe-critical", "error", "10", `ConfigMap "shop/words": d is critical.`},
		{"probe-critical", "error", "11", `ConfigMap "shop/words": e is critical.`},
		{"probe-high", "error", "9", `ConfigMap "shop/words": c is high.`},
		{"probe-low", "warning", "7", `ConfigMap "shop/words": a is low.`},
		{"probe-medium", "warning", "8", `ConfigMap "shop/words": b is medium.`},
	}
	if len(run.Results) != len(want) {
		t.Fatalf("%d results", len(run.Results))
	}
	for i, got := range run.Results {
		line := strconv.Itoa(got.Locations[0].PhysicalLocation.Region.StartLine)
		if fields := []string{got.RuleID, got.Level, line, got.Message.Text}; !slices.Equal(fields, want[i]) {
			t.Errorf("result %d is %q, want %q", i, fields, want[i])
		}
		if got.RuleIndex == nil || run.Tool.Driver.Rules[*got.RuleIndex].ID != got.RuleID {
			t.Errorf("result %d: rule index %v is not %s", i, got.RuleIndex, got.RuleID)
		}
	}
}

func TestSARIFMessageNamesContainer(t *testing.T) {
	for _, r := range rules.All() {
		report := linttest.Check(t, linttest.Load(t, "a.yaml", []byte(r.Bad)), lint.Options{Rules: []*lint.Rule{r}, Strict: true})
		run := sarifOf(t, report)
		for i, f := range report.Findings {
			if f.Container != "" && !slices.ContainsFunc(run.Results, func(got sarifResultOf) bool {
				return strings.Contains(got.Message.Text, f.Object.Kind) && strings.Contains(got.Message.Text, f.Object.Name) && strings.Contains(got.Message.Text, strconv.Quote(f.Container))
			}) {
				t.Errorf("%s: no message names the container of finding %d", r.ID, i)
			}
		}
	}
}

func TestSARIFMessageLinks(t *testing.T) {
	text := strings.Replace(sarifHeader, "words", `"[evil](https://example.com)"`, 1) + "data:\n  a: high related\n"
	result := sarifOf(t, sarifCheck(t, text, sarifProbes()...)).Results[0]
	want := `ConfigMap "shop/[evil\](https://example.com)": a is high related. See [the \[map\] it is in](1). See [the kind](2).`
	if result.Message.Text != want {
		t.Errorf("message %s\n   want %s", result.Message.Text, want)
	}
	if len(result.RelatedLocations) != 2 {
		t.Fatalf("%d related locations", len(result.RelatedLocations))
	}
	for i, line := range []int{6, 2} {
		got := result.RelatedLocations[i]
		if got.ID != i+1 || got.PhysicalLocation.Region.StartLine != line || got.uri() != "deploy/app.yaml" || got.Message.Text == "" {
			t.Errorf("related location %d: %+v", i, got)
		}
	}
}

func TestSARIFLocationQuality(t *testing.T) {
	results := sarifOf(t, sarifCheck(t, sarifHeader+"data:\n  a: high\n  b: high near\n", sarifProbes()...)).Results
	if len(results[0].Properties) != 0 || results[1].Properties["locationQuality"] != "approximate" {
		t.Errorf("properties %v and %v", results[0].Properties, results[1].Properties)
	}
}

func TestSARIFArtifacts(t *testing.T) {
	for path, want := range map[string]string{
		"a.yaml": "a.yaml", "deploy/web app/b.yaml": "deploy/web%20app/b.yaml", "100%/#1?.yaml": "100%25/%231%3F.yaml", "sch\u00F6n/\U0001F6A2.yml": "sch%C3%B6n/%F0%9F%9A%A2.yml",
		"a:b/c:d.yaml": "a%3Ab/c%3Ad.yaml", `back\slash.yaml`: "back%5Cslash.yaml", "[x]/{y}.yaml": "%5Bx%5D/%7By%7D.yaml", "/tmp/x y.yaml": "file:///tmp/x%20y.yaml",
	} {
		set := linttest.Load(t, path, []byte(sarifHeader+"data: {a: high}\n"))
		run := sarifOf(t, linttest.Check(t, set, lint.Options{Rules: sarifProbes()}))
		got := run.Results[0].Locations[0].PhysicalLocation.ArtifactLocation
		base := "%SRCROOT%"
		if strings.HasPrefix(path, "/") {
			base = ""
		}
		if got.URI != want || got.URIBaseID != base {
			t.Errorf("%s: uri %q on %q, want %q", path, got.URI, got.URIBaseID, want)
		}
		if _, err := url.Parse(got.URI); err != nil {
			t.Error(err)
		}
		if root, ok := run.OriginalURIBaseIDs["%SRCROOT%"]; !ok || root.URI != "" {
			t.Errorf("the root must be there and must not say where it is: %+v", run.OriginalURIBaseIDs)
		}
	}
}

// TestSARIFRegions cuts each region out of the physical line by UTF-16 units.
func TestSARIFRegions(t *testing.T) {
	body := sarifHeader + "data:\n  \u00FCber: high\n  \U0001F6A2: high # ship\n  z: \"critical \u2028 \U0001F6A2\" # after\n" +
		"  text: |-\n    high and\n    more\n"
	for name, text := range map[string]string{
		"LF":     body,
		"CRLF":   strings.ReplaceAll(body, "\n", "\r\n"),
		"CR":     strings.ReplaceAll(body, "\n", "\r"),
		"BOM":    "\uFEFF" + body,
		"UTF-16": sarifUTF16(strings.ReplaceAll(body, "\n", "\r\n")),
		"flow":   `{"apiVersion": "v1", "kind": "ConfigMap", "data": {"` + "\U0001F6A2" + `": "high", "b": "critical"}}`,
	} {
		report := sarifCheck(t, text, sarifProbes()...)
		run := sarifOf(t, report)
		if run.ColumnKind != "utf16CodeUnits" {
			t.Errorf("columnKind %q", run.ColumnKind)
		}
		if len(report.Findings) < 2 {
			t.Fatalf("%s: %d findings", name, len(report.Findings))
		}
		for _, f := range report.Findings {
			found := false
			for _, got := range run.Results {
				cut := sarifCut(t, f.Span.File, got.Locations[0])
				found = found || got.RuleID == f.Rule.ID && cut != "" && strings.HasPrefix(f.Span.Text(), cut)
			}
			if !found {
				t.Errorf("%s: no region holds %q", name, f.Span.Text())
			}
		}
	}
}

func TestSARIFRegionOfManyLines(t *testing.T) {
	report := sarifCheck(t, sarifHeader+"data:\n  a: high\n  b: low\n", sarifProbes()...)
	f := report.Findings[0]
	f.Span.End = len(f.Span.File.Text)
	if got := sarifCut(t, f.Span.File, sarifOf(t, report).Results[0].Locations[0]); got != "a: high" {
		t.Errorf("region %q", got)
	}
}

// sarifCut is the text of a region, which must lie on one line of the file.
func sarifCut(t testing.TB, file *manifest.File, l sarifLocationOf) string {
	t.Helper()
	region := l.PhysicalLocation.Region
	if region.StartLine != region.EndLine || region.StartLine < 1 || region.StartLine > file.Lines() {
		t.Fatalf("region %+v of a file of %d lines", region, file.Lines())
	}
	line := utf16.Encode([]rune(file.Line(region.StartLine)))
	if region.StartColumn < 1 || region.StartColumn > region.EndColumn || region.EndColumn > len(line)+1 {
		t.Fatalf("region %+v of a line of %d units", region, len(line))
	}
	return string(utf16.Decode(line[region.StartColumn-1 : region.EndColumn-1]))
}

func sarifUTF16(text string) string {
	b := []byte{0xFF, 0xFE}
	for _, unit := range utf16.Encode([]rune(text)) {
		b = append(b, byte(unit), byte(unit>>8))
	}
	return string(b)
}

func TestSARIFFingerprints(t *testing.T) {
	for _, text := range []string{
		"\uFEFF" + sarifHeader + "data:\r\n  a: high \U0001F6A2\r\n  b: high\r\n",
		strings.Repeat(sarifHeader+"data:\n  a: high\n  b: high\n---\n", 30),
	} {
		report := sarifCheck(t, text, sarifProbes()...)
		hashes := naiveLineHashes(text)
		own := map[string]bool{}
		for _, f := range report.Findings {
			own[f.Fingerprint] = true
		}
		results := sarifOf(t, report).Results
		if len(results) != len(report.Findings) {
			t.Errorf("%d results of %d findings", len(results), len(report.Findings))
		}
		for _, got := range results {
			line := got.Locations[0].PhysicalLocation.Region.StartLine
			if hash := got.PartialFingerprints["primaryLocationLineHash"]; hash != hashes[line-1] {
				t.Errorf("line %d: hash %s, want %s", line, hash, hashes[line-1])
			}
			if !own[got.PartialFingerprints["seaworthy/v1"]] {
				t.Errorf("line %d: %v", line, got.PartialFingerprints)
			}
		}
	}
}

func TestSARIFMerges(t *testing.T) {
	text := sarifHeader + "data: {a: high, b: high related, c: high, d: low, e: high related}\n"
	report := sarifCheck(t, text, sarifProbes()...)
	report.Findings[2].Severity = lint.Critical
	results := sarifOf(t, report).Results
	if len(results) != 2 {
		t.Fatalf("%d results", len(results))
	}
	got := results[0]
	want := `ConfigMap "shop/words": c is high. ConfigMap "shop/words": a is high. ` +
		`ConfigMap "shop/words": b is high related. See [the \[map\] it is in](1). See [the kind](2). ` +
		`ConfigMap "shop/words": e is high related. See [the \[map\] it is in](3). See [the kind](4).`
	if got.Message.Text != want || got.Level != "error" || len(got.RelatedLocations) != 4 || got.RelatedLocations[3].ID != 4 {
		t.Errorf("merged into %+v\nwant message %s", got, want)
	}
	if got.PartialFingerprints["seaworthy/v1"] != report.Findings[2].Fingerprint {
		t.Error("the worst finding must name the result")
	}
	if n := SARIFOmitted(report, Options{}); n != 0 {
		t.Errorf("%d omitted", n)
	}
}

func TestSARIFSaysTheSameOnce(t *testing.T) {
	document := `{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}, "data": {"a": "high"}}`
	results := sarifOf(t, sarifCheck(t, document+" "+document, sarifProbes()...)).Results
	if len(results) != 1 || results[0].Message.Text != `ConfigMap "x": a is high.` {
		t.Errorf("%+v", results)
	}
}

func TestSARIFLimit(t *testing.T) {
	var b strings.Builder
	b.WriteString(sarifHeader + "data:\n")
	for i := range 5003 {
		fmt.Fprintf(&b, "  k%d: low\n", i)
	}
	b.WriteString("  last: critical\n  noted: low note\n")
	report := sarifCheck(t, b.String(), sarifProbes()...)
	results := sarifOf(t, report).Results
	if len(results) != 5000 || SARIFOmitted(report, Options{}) != 4 {
		t.Fatalf("%d results, %d omitted", len(results), SARIFOmitted(report, Options{}))
	}
	if results[0].RuleID != "probe-critical" {
		t.Errorf("the first result is of %s", results[0].RuleID)
	}
	for i, got := range results[1:] {
		if line := got.Locations[0].PhysicalLocation.Region.StartLine; line != 7+i {
			t.Fatalf("result %d lies on line %d", i+1, line)
		}
	}
}

func TestSARIFOrder(t *testing.T) {
	set := linttest.Load(t, "b.yaml", []byte(sarifHeader+"data:\n  x: high\n"))
	linttest.AddFile(t, set, "a.yaml", []byte(sarifHeader+"data:\n  x: low\n  y: high\n"))
	second := sarifProbe(lint.High)
	second.ID = "another"
	var got []string
	for _, result := range sarifOf(t, linttest.Check(t, set, lint.Options{Rules: append(sarifProbes(), second)})).Results {
		got = append(got, result.Locations[0].uri()+" "+result.RuleID)
	}
	want := []string{"a.yaml another", "a.yaml probe-high", "b.yaml another", "b.yaml probe-high", "a.yaml probe-low"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

func TestSARIFCategory(t *testing.T) {
	for profile, want := range map[string]string{"default": "seaworthy/default/", "pss-baseline": "seaworthy/pss-baseline/", "": "seaworthy/"} {
		if got := sarifOf(t, &lint.Report{Profile: profile}).AutomationDetails.ID; got != want {
			t.Errorf("%q: id %q, want %q", profile, got, want)
		}
	}
}

func TestSARIFInvocation(t *testing.T) {
	file, err := manifest.NewFile("a b.yaml", []byte("ok: 1\n---\nbad: [\n---\n{{ x }}\n"))
	if err != nil {
		t.Fatal(err)
	}
	bad := &manifest.Document{File: file, Number: 2, Status: manifest.ParseError, Reason: "no end", Span: manifest.Span{File: file, Start: 10, End: 16}}
	template := &manifest.Document{File: file, Number: 3, Status: manifest.TemplateNotRendered, Reason: "it is a template"}
	fine := &manifest.Document{File: file, Number: 1, Status: manifest.Linted}
	run := sarifOf(t, &lint.Report{Documents: []*manifest.Document{fine, bad, template}})
	want := `[{"executionSuccessful":false,"toolExecutionNotifications":[` +
		`{"level":"error","locations":[{"physicalLocation":{"artifactLocation":{"uri":"a%20b.yaml","uriBaseId":"%SRCROOT%"},` +
		`"region":{"endColumn":7,"endLine":3,"startColumn":1,"startLine":3}}}],"message":{"text":"Not judged (parse-error): no end."}},` +
		`{"level":"error","message":{"text":"Not judged (template-not-rendered): it is a template."}}]}]`
	if got, err := json.Marshal(run.Invocations); err != nil || string(got) != want {
		t.Errorf("%v\n got %s\nwant %s", err, got, want)
	}
	run = sarifOf(t, &lint.Report{Documents: []*manifest.Document{fine}})
	if got, err := json.Marshal(run.Invocations); err != nil || string(got) != `[{"executionSuccessful":true}]` {
		t.Errorf("%v %s", err, got)
	}
}

func TestSARIFLeavesOutNotesAndFolded(t *testing.T) {
	report := sarifCheck(t, sarifHeader+"data:\n  a: high note\n  b: high\n  c: high\n", sarifProbes()...)
	if len(report.Findings) != 3 {
		t.Fatalf("%d findings", len(report.Findings))
	}
	report.Findings[2].FoldedInto = "another"
	report.Folded = []*lint.Finding{report.Findings[2]}
	results := sarifOf(t, report).Results
	if len(results) != 1 || !strings.Contains(results[0].Message.Text, "b is high") {
		t.Errorf("%+v", results)
	}
}

func TestSARIFIsStable(t *testing.T) {
	write := func() string {
		var b bytes.Buffer
		if err := SARIF(&b, sarifCheck(t, sarifHeader+"data: {a: high, b: low related}\n", sarifProbes()...), Options{}); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	first := write()
	for range 20 {
		if write() != first {
			t.Fatal("the same input gives other bytes")
		}
	}
}

func texts(values []any) []string {
	var list []string
	for _, v := range values {
		list = append(list, fmt.Sprint(v))
	}
	return list
}

// TestAlertsStayPut edits elsewhere in the file and in other files: GitHub and
// baselines must see the same alert.
func TestAlertsStayPut(t *testing.T) {
	const after = "  z: calm\n  note: nothing that follows within a hundred characters has changed, so the window of the hash is the same one\n"
	alert := func(s sources) map[string]string {
		t.Helper()
		set := &manifest.Set{Target: manifest.Target{Type: "plain", Path: "."}}
		for i := 0; i < len(s); i += 2 {
			linttest.AddFile(t, set, s[i], []byte(s[i+1]))
		}
		for _, result := range sarifOf(t, linttest.Check(t, set, lint.Options{Rules: sarifProbes()})).Results {
			if result.Locations[0].PhysicalLocation.ArtifactLocation.URI == "a.yaml" {
				return result.PartialFingerprints
			}
		}
		t.Fatal("no result in a.yaml")
		return nil
	}
	want := alert(sources{"a.yaml", sarifHeader + "data:\n  a: high\n" + after})
	for name, s := range map[string]sources{
		"lines before":        {"a.yaml", "# a comment\n\n" + strings.Replace(sarifHeader, "metadata:", "# another\nmetadata:", 1) + "data:\n  a: high\n" + after},
		"lines far behind":    {"a.yaml", sarifHeader + "data:\n  a: high\n" + after + "  more: words\n"},
		"a document before":   {"a.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: other}\n---\n" + sarifHeader + "data:\n  a: high\n" + after},
		"indentation":         {"a.yaml", sarifHeader + "data:\n    a: high\n" + strings.ReplaceAll(after, "  ", "    ")},
		"another file":        {"0.yaml", strings.ReplaceAll(sarifHeader, "words", "others") + "data:\n  a: high\n", "a.yaml", sarifHeader + "data:\n  a: high\n" + after},
		"another file behind": {"a.yaml", sarifHeader + "data:\n  a: high\n" + after, "b.yaml", sarifHeader + "data:\n  b: high\n"},
	} {
		if got := alert(s); !maps.Equal(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}
