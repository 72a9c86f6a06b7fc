package formatters

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// How much of a long list a text report shows.
const (
	shownScores    = 20
	manyFindings   = 50
	shownNoisy     = 5
	shownDocuments = 20
	shownGroups    = 10
	shownUnknown   = 10
)

// row is a line of a list: a number and what it counts.
type row struct {
	count int
	label string
}

// byCount sorts rows, the largest first.
func byCount(counts map[string]int) []row {
	var rows []row
	for label, count := range counts {
		rows = append(rows, row{count, label})
	}
	slices.SortFunc(rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(b.count, a.count), cmp.Compare(a.label, b.label))
	})
	return rows
}

// list writes rows with their numbers aligned, and how many more there are.
func (t *textReport) list(rows []row, limit int, more string) {
	digits := 0
	shown := rows[:min(len(rows), limit)]
	for _, r := range shown {
		digits = max(digits, len(fmt.Sprint(r.count)))
	}
	for _, r := range shown {
		t.printf("  %*d  %s\n", digits, r.count, plain(r.label))
	}
	t.more(len(rows)-len(shown), more)
}

func (t *textReport) more(count int, thing string) {
	if count > 0 {
		t.printf("  %s and %s\n", ellipsis, plural(count, "more "+thing))
	}
}

// scores lists the resources that have a score, the worst first.
func (t *textReport) scores() {
	var scored []*lint.Resource
	for _, r := range t.report.Resources {
		if r.Score.Scored() {
			scored = append(scored, r)
		}
	}
	if len(scored) == 0 {
		return
	}
	slices.SortStableFunc(scored, func(a, b *lint.Resource) int {
		return cmp.Or(cmp.Compare(a.Score.Points, b.Score.Points), cmp.Compare(b.Score.Max, a.Score.Max))
	})
	shown := scored[:min(len(scored), shownScores)]
	points, best := 0, 0
	for _, r := range shown {
		points = max(points, len(fmt.Sprint(r.Score.Points)))
		best = max(best, len(fmt.Sprint(r.Score.Max)))
	}
	t.part()
	t.printf("%s\n", t.paint(bold, "Scores, the worst first"))
	for _, r := range shown {
		score := fmt.Sprintf("%*d of %*d", points, r.Score.Points, best, r.Score.Max)
		if r.Score.Points < 0 {
			score = t.paint(red, score)
		}
		t.printf("  %s  %s  %s%s\n", score, plain(r.Object.ID()), plain(place(r.Object.Anchor())), asides(r.Score))
	}
	t.more(len(scored)-len(shown), "resource")
}

// asides say what a score leaves out.
func asides(s lint.Score) string {
	var parts []string
	if s.Unknown > 0 {
		parts = append(parts, fmt.Sprintf("%d unknown", s.Unknown))
	}
	if points := s.SuppressedPoints(); points != 0 {
		parts = append(parts, fmt.Sprintf("suppressed %d", points))
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

// suppressed lists the findings that are let be, with who did and why.
func (t *textReport) suppressed() {
	if !t.options.Suppressed || len(t.report.Suppressed) == 0 {
		return
	}
	t.part()
	t.printf("%s\n", t.paint(bold, "Suppressed"))
	for _, f := range t.report.Suppressed {
		t.printf("  %s  %s  %s\n", plain(place(f.Span)), f.Rule.ID, plain(f.Message))
		t.printf("%s%s\n", margin, plain(suppressedBy(f.Suppressed)))
	}
}

// suppressedBy says in words who lets a finding be, why, and until when.
func suppressedBy(s *lint.Suppression) string {
	by := string(s.By)
	if s.Tool != "" {
		by += " for " + s.Tool
	}
	if s.Span.File != nil {
		by += " at " + place(s.Span)
	}
	if s.Until != "" {
		by += ", until " + string(s.Until)
	}
	if s.Reason == "" {
		return by
	}
	return by + ": " + s.Reason
}

// counts says how many findings there are of each severity.
func (t *textReport) counts() {
	if len(t.report.Findings)+len(t.report.Folded)+len(t.report.Suppressed) == 0 {
		return
	}
	var parts []string
	for _, s := range lint.Severities() {
		count := t.report.Count(s)
		look := severityStyle(s)
		if count == 0 {
			look = ""
		}
		parts = append(parts, t.paint(look, fmt.Sprintf("%d %s", count, s)))
	}
	if notes := t.notes(); notes > 0 {
		parts = append(parts, plural(notes, "note"))
	}
	t.part()
	t.printf("%s  %s", t.paint(bold, "Findings"), strings.Join(parts, ", "))
	if folded := len(t.report.Folded); folded > 0 {
		t.printf("; %d more folded into stronger ones", folded)
	}
	if suppressed := len(t.report.Suppressed); suppressed > 0 {
		t.printf("; %d suppressed", suppressed)
	}
	t.printf("\n")
}

func (t *textReport) notes() int {
	notes := 0
	for _, f := range t.report.Findings {
		if f.Note {
			notes++
		}
	}
	return notes
}

// baseline says what came of comparing with a baseline.
func (t *textReport) baseline() {
	b := t.report.Baseline
	if b == nil {
		return
	}
	t.part()
	t.printf("%s  %s of %s left out", t.paint(bold, "Baseline"), plural(b.Known, "known finding"), plain(b.File))
	if b.Gone > 0 {
		t.printf("; %d more are gone: 'seaworthy baseline prune' drops them", b.Gone)
	}
	fresh := 0
	for _, f := range t.report.Findings {
		if f.NewRule {
			fresh++
		}
	}
	if fresh > 0 {
		t.printf("; %s of rules that it does not know", plural(fresh, "finding"))
	}
	t.printf("\n")
}

// noisiest names the rules with the most findings of a long report.
func (t *textReport) noisiest() {
	if len(t.report.Findings) <= manyFindings {
		return
	}
	counts := map[string]int{}
	for _, f := range t.report.Findings {
		counts[f.Rule.ID]++
	}
	t.part()
	t.printf("%s\n", t.paint(bold, "Noisiest rules"))
	t.list(byCount(counts), shownNoisy, "rule")
}

// coverage accounts for the documents that were not linted.
func (t *textReport) coverage() {
	counts := t.report.ByStatus()
	if counts[manifest.Linted]+counts[manifest.Rendered] == len(t.report.Documents) && !t.options.FullCoverage {
		return
	}
	files := map[string]bool{}
	var unjudged, rest []*manifest.Document
	for _, d := range t.report.Documents {
		files[documentPath(d)] = true
		switch {
		case d.Status.Unjudged():
			unjudged = append(unjudged, d)
		case d.Status != manifest.Linted && d.Status != manifest.Rendered || t.options.FullCoverage:
			rest = append(rest, d)
		}
	}
	var parts []string
	for _, status := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprintf("%d %s", counts[status], status))
	}
	t.part()
	t.printf("%s  %s in %s", t.paint(bold, "Coverage"), plural(len(t.report.Documents), "document"), plural(len(files), "file"))
	if len(parts) > 0 {
		t.printf(": %s", strings.Join(parts, ", "))
	}
	t.printf("\n")
	t.documents(unjudged, rest)
}

// unjudged is all that a quiet report says beside its findings: what could not
// be judged must not pass for clean.
func (t *textReport) unjudged() {
	docs := t.report.Unjudged()
	if len(docs) == 0 {
		return
	}
	t.part()
	t.printf("%s\n", t.paint(bold, "Could not be judged"))
	t.documents(docs, nil)
}

// documents lists every document that could not be judged and, of the rest,
// as many as there is room for, those of most interest first.
func (t *textReport) documents(unjudged, rest []*manifest.Document) {
	room := len(rest)
	if !t.options.FullCoverage {
		room = min(len(rest), shownDocuments)
		slices.SortStableFunc(rest, func(a, b *manifest.Document) int { return cmp.Compare(interest(b), interest(a)) })
	}
	shown := slices.Concat(unjudged, rest[:room])
	longest := 0
	for _, d := range shown {
		longest = max(longest, len(d.Status))
	}
	for _, d := range shown {
		t.document(d, longest)
	}
	groups := map[string]int{}
	for _, d := range rest[room:] {
		groups["more "+strings.TrimSuffix(string(d.Status)+": "+d.Reason, ": ")]++
	}
	t.list(byCount(groups), shownGroups, "reason")
}

// interest ranks the reasons for which documents are not linted.
func interest(d *manifest.Document) int {
	switch d.Status {
	case manifest.Excluded:
		return 2
	case manifest.NoRulesForKind:
		return 0
	}
	return 1
}

func (t *textReport) document(d *manifest.Document, columns int) {
	look := style("")
	if d.Status.Unjudged() {
		look = alarm
	}
	t.printf("  %s  %s", t.paint(look, fmt.Sprintf("%-*s", columns, d.Status)), plain(documentPlace(d)))
	if reason := strings.TrimPrefix(strings.TrimSuffix(d.Kind+": "+d.Reason, ": "), ": "); reason != "" {
		t.printf("  %s", plain(reason))
	}
	t.printf("\n")
}

// documentPath is the path of a document's file.
func documentPath(d *manifest.Document) string {
	if d.Span.File != nil {
		return d.Span.File.Path
	}
	return pathOf(d.File)
}

// documentStart is where a document's text begins, or where the reason lies
// that it was not judged; its file is nil for a file as a whole.
func documentStart(d *manifest.Document) manifest.Span {
	span := d.Span
	if span.File == nil {
		return span
	}
	text := span.File.Text
	for span.Start < min(span.End, len(text)) && strings.IndexByte(" \t\r\n", text[span.Start]) >= 0 {
		span.Start++
	}
	return span
}

func documentPlace(d *manifest.Document) string {
	if start := documentStart(d); start.File != nil {
		return place(start)
	}
	return documentPath(d)
}

// unknown counts the values that could not be told, by rule.
func (t *textReport) unknown() {
	if len(t.report.Unknown) == 0 {
		return
	}
	counts, first := map[string]int{}, map[string]lint.Unknown{}
	for _, u := range t.report.Unknown {
		if counts[u.Rule.ID]++; counts[u.Rule.ID] == 1 {
			first[u.Rule.ID] = u
		}
	}
	rows := byCount(counts)
	for i, r := range rows {
		u := first[r.label]
		rows[i].label += "  " + u.Reason + ", " + place(u.Span)
		if r.count > 1 {
			rows[i].label += " and elsewhere"
		}
	}
	t.part()
	t.printf("%s  neither findings nor passed\n", t.paint(bold, "Unknown values"))
	t.list(rows, shownUnknown, "rule")
}

// verdict says in one line how the run ended.
func (t *textReport) verdict() {
	word, look := "passed", bold
	switch t.report.ExitStatus {
	case 1:
		word, look = "failed", alarm
	case 2:
		word, look = "incomplete", alarm
	}
	t.part()
	t.printf("%s: ", t.paint(look, word))
	if why := t.why(); why != "" {
		t.printf("%s; ", why)
	}
	t.printf("%s (exit status %d)\n", t.tally(), t.report.ExitStatus)
}

func (t *textReport) why() string {
	unjudged := len(t.report.Unjudged())
	switch {
	case t.report.ExitStatus == 1:
		return "the findings or scores do not pass the gate"
	case t.report.ExitStatus == 2 && len(t.report.Documents) == 0:
		return "there was nothing to judge"
	case t.report.ExitStatus == 2 && unjudged == 0:
		return "not everything could be judged"
	case t.report.ExitStatus == 2:
		return plural(unjudged, "document") + " could not be judged"
	case unjudged > 0:
		return "no finding reaches the gate, but " + plural(unjudged, "document") + " could not be judged"
	case len(t.report.Findings) > 0:
		return "no finding reaches the gate"
	}
	return ""
}

// tally says what was judged and what came of it.
func (t *textReport) tally() string {
	files := map[string]bool{}
	for _, r := range t.report.Resources {
		files[documentPath(r.Document)] = true
	}
	found := "nothing found"
	if count := len(t.report.Findings) - t.notes(); count > 0 {
		found = plural(count, "finding")
	} else if t.notes() > 0 {
		found = "nothing found but notes"
	}
	return fmt.Sprintf("%s in %s judged by %s, %s", plural(len(t.report.Resources), "resource"), plural(len(files), "file"),
		plural(len(t.report.Rules), "rule"), found)
}
