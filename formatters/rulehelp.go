package formatters

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/seaworthy-lint/seaworthy/lint"
)

// HelpText explains a rule in plain text: what is wrong, why, how to mend it,
// a manifest that breaks it and one that keeps it, and what else it is called.
func HelpText(r *lint.Rule) string {
	var b strings.Builder
	b.WriteString(helpTitle(r) + "\n")
	for _, s := range helpSections(r) {
		b.WriteString("\n")
		if s.heading != "" {
			b.WriteString(s.heading + ":\n")
		}
		text := s.text
		if s.heading != "" {
			text = indent(text)
		}
		b.WriteString(text)
		for _, item := range s.items {
			b.WriteString("  " + item.Label)
			if item.URL != "" {
				b.WriteString(": " + item.URL)
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}

// HelpMarkdown explains a rule as HelpText does, in GitHub's Markdown.
func HelpMarkdown(r *lint.Rule) string {
	var b strings.Builder
	b.WriteString("# " + escapeMarkdown(helpTitle(r)) + "\n")
	for _, s := range helpSections(r) {
		if s.heading != "" {
			b.WriteString("\n## " + s.heading + "\n")
		}
		if s.code {
			b.WriteString("\n" + fenced(s.text))
		} else if s.text != "" {
			b.WriteString("\n" + escapeMarkdown(s.text))
		}
		if len(s.items) > 0 {
			b.WriteString("\n")
		}
		for _, item := range s.items {
			label := escapeMarkdown(item.Label)
			if item.URL != "" {
				label = "[" + label + "](" + item.URL + ")"
			}
			b.WriteString("- " + label + "\n")
		}
	}
	return b.String()
}

// helpSection is a part of a rule's help: a line of words, a manifest or a list.
type helpSection struct {
	heading string
	text    string
	code    bool
	items   []Reference
}

func helpTitle(r *lint.Rule) string {
	return sentence(r.Title) + " (" + r.ID + ", " + r.Severity.String() + ")"
}

func modelOf(r *lint.Rule) []lint.ModelPart {
	if r.Model == nil {
		return nil
	}
	return r.Model()
}

func helpSections(r *lint.Rule) []helpSection {
	sections := []helpSection{
		{text: r.Why + "\n"},
		{heading: "How to fix", text: sentence(r.Fix) + "." + fixWarning(r.FixKind) + "\n"},
	}
	for _, part := range modelOf(r) {
		section := helpSection{heading: part.Title}
		for _, row := range part.Rows {
			section.items = append(section.items, Reference{Label: row})
		}
		sections = append(sections, section)
	}
	if r.Versions != "" {
		sections = append(sections, helpSection{heading: "Kubernetes versions", text: r.Versions + "\n"})
	}
	if r.Bad != "" {
		sections = append(sections, helpSection{heading: "Bad", text: r.Bad, code: true})
	}
	if r.Good != "" {
		sections = append(sections, helpSection{heading: "Good", text: r.Good, code: true})
	}
	if references := References(r); len(references) > 0 {
		sections = append(sections, helpSection{heading: "References", items: references})
	}
	if len(r.Aliases) > 0 {
		var aliases []Reference
		for _, alias := range r.Aliases {
			aliases = append(aliases, Reference{Label: alias})
		}
		sections = append(sections, helpSection{heading: "Covers these checks of other tools", items: aliases})
	}
	return sections
}

func fixWarning(kind lint.FixKind) string {
	switch kind {
	case lint.SafeFix:
		return " A workload that runs today keeps running."
	case lint.UnsafeFix:
		return " This may break a workload that relies on the old setting, so try it before you roll it out."
	}
	return ""
}

// Reference is a section of a benchmark or guide. URL is empty when the
// document has no well-known address.
type Reference struct {
	Label, URL string
}

// References are a rule's references, each section by itself.
func References(r *lint.Rule) []Reference {
	var references []Reference
	for _, text := range r.References {
		document, sections, ok := strings.Cut(text, ":")
		if !ok {
			references = append(references, Reference{Label: text})
			continue
		}
		for section := range strings.SplitSeq(sections, ",") {
			references = append(references, reference(document, section))
		}
	}
	return references
}

func reference(document, section string) Reference {
	switch document {
	case "CIS":
		return Reference{"CIS Kubernetes Benchmark " + section, "https://www.cisecurity.org/benchmark/kubernetes"}
	case "NSA":
		return Reference{
			"NSA/CISA Kubernetes Hardening Guide, " + strings.ReplaceAll(section, "-", " "),
			"https://media.defense.gov/2022/Aug/29/2003066362/-1/-1/0/CTR_KUBERNETES_HARDENING_GUIDANCE_1.2_20220829.PDF",
		}
	case "NIST":
		return Reference{"NIST SP 800-190, " + section, "https://csrc.nist.gov/pubs/sp/800/190/final"}
	case "PSS":
		return Reference{"Pod Security Standards, " + section, "https://kubernetes.io/docs/concepts/security/pod-security-standards/#" + section}
	case "ATTACK":
		return Reference{"MITRE ATT&CK " + section, "https://attack.mitre.org/techniques/" + strings.ReplaceAll(section, ".", "/") + "/"}
	case "OWASP":
		return Reference{"OWASP Kubernetes Top Ten 2022, " + section, "https://owasp.org/www-project-kubernetes-top-ten/2022/en/src/" + owaspPage(section)}
	}
	return Reference{Label: document + " " + section}
}

// owaspPage is the page of a risk of the 2022 list, or the list's own.
func owaspPage(risk string) string {
	pages := map[string]string{
		"K01": "K01-insecure-workload-configurations",
		"K02": "K02-supply-chain-vulnerabilities",
		"K03": "K03-overly-permissive-rbac",
		"K04": "K04-policy-enforcement",
		"K05": "K05-inadequate-logging",
		"K06": "K06-broken-authentication",
		"K07": "K07-network-segmentation",
		"K08": "K08-secrets-management",
		"K09": "K09-misconfigured-cluster-components",
		"K10": "K10-vulnerable-components",
	}
	return pages[risk]
}

// sentence begins a text with a capital letter.
func sentence(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}

func indent(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString("  " + line)
	}
	return b.String()
}

// fenced is a block of YAML in a fence that its text does not hold.
func fenced(text string) string {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	return fence + "yaml\n" + strings.TrimSuffix(text, "\n") + "\n" + fence + "\n"
}

func escapeMarkdown(text string) string {
	return strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "<", `\<`, "[", `\[`, "]", `\]`).Replace(text)
}
