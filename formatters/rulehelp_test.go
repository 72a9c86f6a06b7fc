package formatters

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/rules"
)

var helpRule = lint.Rule{
	ID: "privileged-probe", Title: "container is <b>*probed*</b>", Why: "It can hurt.", Fix: "set capabilities.drop: [\"ALL\"]", FixKind: lint.UnsafeFix, Severity: lint.High,
	Bad: "kind: Pod\nspec: {}\n", Good: "kind: Pod\n", Aliases: []string{"checkov:CKV_K8S_16"}, References: []string{"ATTACK:T1611,T1098.006", "OWN:7", "plain"},
	Model: func() []lint.ModelPart {
		return []lint.ModelPart{{Title: "Where it begins", Rows: []string{"door: a way *in*", "window"}}}
	},
}

func TestHelpText(t *testing.T) {
	want := `Container is <b>*probed*</b> (privileged-probe, high)

It can hurt.

How to fix:
  Set capabilities.drop: ["ALL"]. This may break a workload that relies on the old setting, so try it before you roll it out.

Where it begins:
  door: a way *in*
  window

Bad:
  kind: Pod
  spec: {}

Good:
  kind: Pod

References:
  MITRE ATT&CK T1611: https://attack.mitre.org/techniques/T1611/
  MITRE ATT&CK T1098.006: https://attack.mitre.org/techniques/T1098/006/
  OWN 7
  plain

Covers these checks of other tools:
  checkov:CKV_K8S_16
`
	if got := HelpText(&helpRule); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestHelpMarkdown(t *testing.T) {
	got := HelpMarkdown(&helpRule)
	for _, part := range []string{
		"# Container is \\<b>\\*probed\\*\\</b> (privileged-probe, high)\n\nIt can hurt.\n\n## How to fix\n\nSet capabilities.drop: \\[\"ALL\"\\]. This may break",
		"\n\n## Where it begins\n\n- door: a way \\*in\\*\n- window\n",
		"\n\n## Bad\n\n```yaml\nkind: Pod\nspec: {}\n```\n\n## Good\n\n```yaml\nkind: Pod\n```\n\n## References\n\n- [MITRE ATT&CK T1611](https://attack.mitre.org/techniques/T1611/)\n",
		"\n- OWN 7\n- plain\n\n## Covers these checks of other tools\n\n- checkov:CKV\\_K8S\\_16\n",
	} {
		if !strings.Contains(got, part) {
			t.Errorf("no\n%s\nin\n%s", part, got)
		}
	}
}

// TestReferences has each rule's references lead to a page of their own kind.
func TestReferences(t *testing.T) {
	hosts := map[string]string{
		"CIS": "www.cisecurity.org", "NSA": "media.defense.gov", "NIST": "csrc.nist.gov", "PSS": "kubernetes.io", "ATTACK": "attack.mitre.org", "OWASP": "owasp.org",
	}
	all := append(rules.All(), &lint.Rule{ID: "all", References: []string{
		"CIS:5.2.2,5.2.3", "NSA:network-policies", "NIST:3.4.3,4.4.3", "PSS:baseline", "ATTACK:T1611", "OWASP:K01,K02,K03,K04,K05,K06,K07,K08,K09,K10",
	}})
	for _, r := range all {
		references := References(r)
		for _, text := range r.References {
			document, sections, _ := strings.Cut(text, ":")
			for section := range strings.SplitSeq(sections, ",") {
				if !slices.ContainsFunc(references, func(got Reference) bool {
					u, err := url.Parse(got.URL)
					named := strings.HasSuffix(got.Label, strings.ReplaceAll(section, "-", " "))
					return err == nil && u.Scheme == "https" && u.Host == hosts[document] && named && !strings.HasSuffix(got.URL, "/src/")
				}) {
					t.Errorf("%s: no link for %s of %s", r.ID, section, document)
				}
			}
		}
	}
}
