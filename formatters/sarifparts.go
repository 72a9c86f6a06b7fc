package formatters

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// What GitHub takes of a rule.
const (
	sarifMaxDescription = 1024
	sarifMaxTags        = 10
)

func sarifRule(r *lint.Rule) *sarif.ReportingDescriptor {
	rule := sarif.NewRule(r.ID).
		WithName(pascalCase(r.ID)).
		WithDescription(clip(sentence(r.Title) + ".")).
		WithFullDescription(sarif.NewMultiformatMessageString(clip(r.Why))).
		WithTextHelp(HelpText(r)).
		WithMarkdownHelp(HelpMarkdown(r)).
		WithHelpURI(projectURL + "/blob/main/docs/rules/" + r.ID + ".md").
		WithProperties(sarifProperties(r))
	rule.DefaultConfiguration = sarif.NewReportingConfiguration().WithLevel(sarifLevel(r.Severity))
	return rule
}

// sarifProperties are what GitHub sorts and filters alerts by. A
// security-severity makes a security alert of every finding, so a rule about
// reliability has a problem.severity in its place.
func sarifProperties(r *lint.Rule) sarif.Properties {
	precision := "high"
	if r.InProfile("default") {
		precision = "very-high"
	}
	properties := sarif.Properties{"precision": precision}
	tags := []string{"kubernetes", r.Family}
	if isSecurityRule(r) {
		tags = append([]string{"security"}, tags...)
		properties["security-severity"] = securitySeverity(r.Severity)
	} else {
		properties["problem.severity"] = problemSeverity(r.Severity)
	}
	for _, profile := range r.Profiles {
		switch profile {
		case "default", "strict", "novel", "optin": // say nothing of the topic
		default:
			if !slices.Contains(tags, profile) {
				tags = append(tags, profile)
			}
		}
	}
	properties["tags"] = tags[:min(len(tags), sarifMaxTags)]
	return properties
}

// isSecurityRule tells whether a rule is in any profile but reliability.
func isSecurityRule(r *lint.Rule) bool {
	return !slices.Contains(r.Profiles, "reliability") ||
		slices.ContainsFunc(r.Profiles, func(p string) bool { return p != "reliability" && p != "novel" && p != "optin" })
}

// securitySeverity lies well inside GitHub's ranges: critical is over 9.0,
// high 7.0 and more, medium 4.0 and more.
func securitySeverity(s lint.Severity) string {
	switch s {
	case lint.Critical:
		return "9.5"
	case lint.High:
		return "8.0"
	case lint.Medium:
		return "5.5"
	}
	return "2.0"
}

func problemSeverity(s lint.Severity) string {
	switch s {
	case lint.Critical, lint.High:
		return "error"
	case lint.Medium:
		return "warning"
	}
	return "recommendation"
}

// sarifLocation is a place on one line: GitHub shows an alert in a pull request
// only when the request changes all of its lines.
func sarifLocation(span manifest.Span) *sarif.Location {
	physical := sarif.NewPhysicalLocation().WithArtifactLocation(sarifArtifact(span.File.Path))
	start, end := span.File.Position(span.Start), span.File.Position(span.End)
	if end.Line > start.Line {
		end = span.File.Position(span.File.LineStart(start.Line) + len(span.File.Line(start.Line)))
	}
	physical.WithRegion(sarif.NewRegion().
		WithStartLine(start.Line).WithStartColumn(start.UTF16).
		WithEndLine(start.Line).WithEndColumn(max(start.UTF16, end.UTF16)))
	return sarif.NewLocationWithPhysicalLocation(physical)
}

// sarifArtifact is a file of the repository as a relative reference, or one
// from elsewhere as an absolute one.
func sarifArtifact(path string) *sarif.ArtifactLocation {
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		// A colon in the first segment would make a scheme of it.
		segments[i] = strings.ReplaceAll(url.PathEscape(segment), ":", "%3A")
	}
	uri := strings.Join(segments, "/")
	if strings.HasPrefix(path, "/") {
		return sarif.NewSimpleArtifactLocation("file://" + uri)
	}
	return sarif.NewSimpleArtifactLocation(uri).WithUriBaseId(sourceRoot)
}

// subject names a resource in a message.
func subject(o *manifest.Object) string {
	switch {
	case o == nil:
		return "Suppression"
	case o.Name == "":
		return o.Kind
	case o.Namespace == "":
		return fmt.Sprintf("%s %q", o.Kind, o.Name)
	}
	return fmt.Sprintf("%s %q", o.Kind, o.Namespace+"/"+o.Name)
}

// sarifPlain keeps a text, which may quote a manifest, from being read as a
// link of a SARIF message: [text](target).
func sarifPlain(text string) string { return strings.ReplaceAll(text, "](", `\](`) }

// sarifLink links to the related location with an id.
func sarifLink(text string, id int) string {
	escaped := strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`).Replace(text)
	return "[" + escaped + "](" + strconv.Itoa(id) + ")"
}

// pascalCase is privileged-container as PrivilegedContainer.
func pascalCase(id string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(id, "-") {
		b.WriteString(sentence(word))
	}
	return b.String()
}

// clip cuts a text at the length that GitHub allows for a description.
func clip(text string) string {
	runes := []rune(text)
	if len(runes) <= sarifMaxDescription {
		return text
	}
	return string(runes[:sarifMaxDescription-1]) + "…"
}
