package formatters

import (
	"cmp"
	"encoding/json"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

const (
	projectURL = "https://github.com/seaworthy-lint/seaworthy"
	// sarifMaxResults is how many results of a run GitHub keeps. Which ones it
	// drops beyond that is not strictly a matter of severity, so no more are
	// written.
	sarifMaxResults = 5000
	// sourceRoot stands for the root of the repository, whose place on this
	// machine is nobody's business.
	sourceRoot = "%SRCROOT%"
)

// SARIF writes a report as a SARIF 2.1.0 log in the shape that GitHub code
// scanning reads: one run, also when nothing was found, since a log without a
// run is refused; the rules that ran; and a result for each finding that is
// no note. A full log has suppressed findings too, which GitHub would show as
// open alerts.
func SARIF(w io.Writer, r *lint.Report, o Options) error {
	log, err := sarif.New(sarif.Version210, false)
	if err != nil {
		return err
	}
	log.Schema = "https://json.schemastore.org/sarif-2.1.0.json"
	log.AddRun(sarifRun(r, o.SARIFFull))
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(log)
}

// SARIFOmitted is how many results a SARIF log of the report leaves out
// because GitHub would not keep them. A full log is not for GitHub, and leaves
// none out.
func SARIFOmitted(r *lint.Report, o Options) int {
	if o.SARIFFull || len(r.Findings) <= sarifMaxResults {
		return 0
	}
	return max(0, len(sarifAlerts(r.Findings))-sarifMaxResults)
}

func sarifRun(r *lint.Report, full bool) *sarif.Run {
	driver, index := sarifDriver(r)
	run := sarif.NewRun(*sarif.NewTool(driver))
	run.WithColumnKind("utf16CodeUnits")
	run.WithOriginalUriBaseIds(map[string]*sarif.ArtifactLocation{
		sourceRoot: sarif.NewArtifactLocation().WithDescriptionText("The root of the repository."),
	})
	run.WithAutomationDetails(sarif.NewRunAutomationDetails().WithID(sarifCategory(r.Profile)))
	run.AddInvocations(sarifInvocation(r))
	alerts := sarifAlerts(r.Findings)
	if full {
		alerts = append(alerts, sarifAlerts(r.Suppressed)...)
	} else {
		alerts = alerts[:min(len(alerts), sarifMaxResults)]
	}
	for _, a := range alerts {
		result := a.result(index)
		if full && r.Baseline != nil {
			result.WithBaselineState(a.baselineState())
		}
		run.Results = append(run.Results, result)
	}
	return run
}

// sarifDriver describes the program and its rules, by id, and tells where each
// rule stands.
func sarifDriver(r *lint.Report) (*sarif.ToolComponent, map[string]int) {
	driver := sarif.NewDriver("seaworthy").WithInformationURI(projectURL)
	if semantic := strings.TrimPrefix(r.ToolVersion, "v"); isSemanticVersion(semantic) {
		driver.WithVersion(semantic).WithSemanticVersion(semantic)
	} else if r.ToolVersion != "" {
		driver.WithVersion(r.ToolVersion)
	}
	rules := slices.Clone(r.Rules)
	slices.SortFunc(rules, func(a, b *lint.Rule) int { return cmp.Compare(a.ID, b.ID) })
	index := map[string]int{}
	for i, rule := range rules {
		index[rule.ID] = i
		driver.Rules = append(driver.Rules, sarifRule(rule))
	}
	return driver, index
}

// sarifCategory is the id of a run. What stands before its last slash is the
// category, and an upload replaces the alerts of its own category only.
func sarifCategory(profile string) string {
	if profile == "" {
		return "seaworthy/"
	}
	return "seaworthy/" + profile + "/"
}

// isSemanticVersion tells whether text is a version as semver.org defines it.
func isSemanticVersion(text string) bool {
	const (
		number = `(0|[1-9][0-9]*)`
		word   = `([0-9A-Za-z-]+)`
		pre    = `(` + number + `|[0-9]*[A-Za-z-][0-9A-Za-z-]*)`
	)
	semantic := regexp.MustCompile(`^` + number + `\.` + number + `\.` + number +
		`(-` + pre + `(\.` + pre + `)*)?(\+` + word + `(\.` + word + `)*)?$`)
	return semantic.MatchString(text)
}

// sarifInvocation says what could not be judged. GitHub closes the alerts of a
// file that has none any more, so nobody should upload such a log unread.
func sarifInvocation(r *lint.Report) *sarif.Invocation {
	unjudged := r.Unjudged()
	invocation := sarif.NewInvocation().WithExecutionSuccess(len(unjudged) == 0)
	for _, d := range unjudged {
		notification := sarif.NewNotification().WithLevel("error").WithTextMessage("Not judged (" + string(d.Status) + "): " + d.Reason + ".")
		if d.Span.File != nil {
			notification.AddLocation(sarifLocation(d.Span))
		}
		invocation.AddTToolExecutionNotification(notification)
	}
	return invocation
}

// sarifAlert is what GitHub keeps as one alert: all findings of a rule whose
// line has the same hash.
type sarifAlert struct {
	// findings are one or more, the most severe first.
	findings []*lint.Finding
	hash     string
}

// sarifAlerts are the alerts of findings, the most severe first, then by place.
func sarifAlerts(findings []*lint.Finding) []*sarifAlert {
	type key struct {
		rule, path, hash string
		line             int // only where there is no hash
	}
	hashes := hashFindings(findings)
	byKey := map[key]*sarifAlert{}
	var alerts []*sarifAlert
	for _, f := range findings {
		if f.Note || f.FoldedInto != "" {
			continue
		}
		line := f.Span.File.Position(f.Span.Start).Line
		hash := hashes.at(f.Span.File, line)
		k := key{rule: f.Rule.ID, path: f.Span.File.Path, hash: hash}
		if hash == "" {
			k.line = line
		}
		if byKey[k] == nil {
			byKey[k] = &sarifAlert{hash: hash}
			alerts = append(alerts, byKey[k])
		}
		byKey[k].findings = append(byKey[k].findings, f)
	}
	for _, a := range alerts {
		slices.SortStableFunc(a.findings, compareForSARIF)
	}
	slices.SortStableFunc(alerts, func(a, b *sarifAlert) int { return compareForSARIF(a.findings[0], b.findings[0]) })
	return alerts
}

func compareForSARIF(a, b *lint.Finding) int {
	return cmp.Or(
		cmp.Compare(b.Severity, a.Severity),
		cmp.Compare(a.Span.File.Path, b.Span.File.Path),
		cmp.Compare(a.Span.Start, b.Span.Start),
		cmp.Compare(a.Rule.ID, b.Rule.ID),
		cmp.Compare(a.Fingerprint, b.Fingerprint),
	)
}

// findingHashes are the line hashes of each file that has findings, up to the
// last line with one.
type findingHashes map[*manifest.File][]lineHash

func hashFindings(findings []*lint.Finding) findingHashes {
	last := map[*manifest.File]int{}
	for _, f := range findings {
		last[f.Span.File] = max(last[f.Span.File], f.Span.File.Position(f.Span.Start).Line)
	}
	hashes := findingHashes{}
	for file, line := range last {
		hashes[file] = lineHashes(file.Raw, line)
	}
	return hashes
}

// at is the hash of a line, "" when the bytes of the file have no such line.
func (h findingHashes) at(file *manifest.File, line int) string {
	if line > len(h[file]) {
		return ""
	}
	return h[file][line-1].String()
}

func (a *sarifAlert) result(rules map[string]int) *sarif.Result {
	f := a.findings[0]
	text, related := a.message()
	fingerprints := map[string]any{"seaworthy/v1": f.Fingerprint}
	if a.hash != "" {
		fingerprints["primaryLocationLineHash"] = a.hash
	}
	result := sarif.NewRuleResult(f.Rule.ID).
		WithLevel(sarifLevel(f.Severity)).
		WithMessage(sarif.NewTextMessage(text)).
		WithLocations([]*sarif.Location{sarifLocation(f.Span)}).
		WithRelatedLocations(related).
		WithPartialFingerPrints(fingerprints)
	if index, ok := rules[f.Rule.ID]; ok {
		result.WithRuleIndex(index)
	}
	if !f.Exact {
		result.Properties = sarif.Properties{"locationQuality": "approximate"}
	}
	for _, finding := range a.findings {
		if finding.Suppressed != nil && finding.Suppressed.By != lint.Baseline {
			result.AddSuppression(sarifSuppression(finding))
		}
	}
	return result
}

// baselineState says whether the baseline holds the alert.
func (a *sarifAlert) baselineState() string {
	for _, f := range a.findings {
		if f.Suppressed == nil || f.Suppressed.By != lint.Baseline {
			return "new"
		}
	}
	return "unchanged"
}

func sarifLevel(s lint.Severity) string {
	switch s {
	case lint.Critical, lint.High:
		return "error"
	case lint.Medium:
		return "warning"
	}
	return "note"
}

// message says what was found, a sentence for each finding, since GitHub shows
// the first sentence where space is short, and links to the related places.
func (a *sarifAlert) message() (string, []*sarif.Location) {
	var sentences []string
	var related []*sarif.Location
	for _, f := range a.findings {
		text := sarifPlain(subject(f.Object) + ": " + f.Message + ".")
		if slices.Contains(sentences, text) {
			continue
		}
		sentences = append(sentences, text)
		if len(f.AlsoIn) > 0 {
			sentences = append(sentences, "Also in "+sarifPlain(strings.Join(f.AlsoIn, ", "))+".")
		}
		for _, place := range f.Related {
			if place.Span.File == nil {
				continue
			}
			id := len(related) + 1
			message := sarif.NewTextMessage(sarifPlain(sentence(place.Message) + "."))
			related = append(related, sarifLocation(place.Span).WithId(id).WithMessage(message))
			sentences = append(sentences, "See "+sarifLink(place.Message, id)+".")
		}
		if f.Object == nil {
			continue
		}
		for _, via := range f.Object.Via {
			message := sarif.NewTextMessage(sarifPlain(sentence(via.Message) + "."))
			related = append(related, sarifLocation(via.Span).WithId(len(related)+1).WithMessage(message))
		}
	}
	return strings.Join(sentences, " "), related
}

// sarifSuppression says who let a finding be, and why. The library writes every
// field of a suppression, so none may be left out.
func sarifSuppression(f *lint.Finding) *sarif.Suppression {
	s := f.Suppressed
	kind := "external"
	if s.By == lint.Comment || s.By == lint.Annotation {
		kind = "inSource"
	}
	location := sarif.NewLocation()
	if s.Span.File != nil {
		location = sarifLocation(s.Span)
	}
	return sarif.NewSuppression(kind).WithStatus("accepted").WithJustifcation(s.Reason).WithLocation(location).WithGuid(guid(f.Fingerprint))
}

// guid shapes the 32 hexadecimal digits of a fingerprint as a GUID.
func guid(fingerprint string) string {
	return strings.Join([]string{fingerprint[:8], fingerprint[8:12], fingerprint[12:16], fingerprint[16:20], fingerprint[20:]}, "-")
}
