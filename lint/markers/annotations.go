package markers

import (
	"strings"
	"time"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// The annotations of ours and of other tools.
const (
	ourDomain     = "seaworthy.dev/"
	ourAnnotation = ourDomain + ignore

	kubeLinterCheck = "ignore-check.kube-linter.io/"
	kubeLinterAll   = "kube-linter.io/ignore-all"
	kubeScoreIgnore = "kube-score/ignore"
	polarisDomain   = "polaris.fairwinds.com/"
	polarisAll      = polarisDomain + "exempt"
	polarisCheck    = "-exempt"
	checkovSkip     = "checkov.io/skip"
	kubescapeSkip   = "kubescape.io/skip-controls"
	kubescapeReason = "kubescape.io/skip-reason"
	kubescapeExpiry = "kubescape.io/skip-expiry"
	kubescapeIgnore = "kubescape.io/ignore"
)

// Annotations are the marks in the annotations of some metadata. A nil node
// has none.
func Annotations(metadata *manifest.Node) []Mark {
	annotations := metadata.At("annotations")
	values := func(key string) string { return annotations.At(key).Str() }
	var marks []Mark
	for _, n := range annotations.Fields() {
		if strings.HasPrefix(n.Key, ourDomain) {
			marks = append(marks, ourMarks(n)...)
			continue
		}
		for _, m := range peerMarks(n.Key, n.Str(), values) {
			m.Span = n.KeySpan()
			marks = append(marks, m)
		}
		if len(marks) > maxMarks {
			return append(marks[:maxMarks], Mark{Span: n.KeySpan(), Problem: "it is one of too many: suppress by the configuration"})
		}
	}
	return marks
}

// ourMarks reads an annotation of ours, a suppression on each line.
func ourMarks(n *manifest.Node) []Mark {
	if n.Key != ourAnnotation {
		return []Mark{{Span: n.KeySpan(), Problem: n.Key + " is no annotation of seaworthy: use " + ourAnnotation}}
	}
	var marks []Mark
	for line := range strings.Lines(n.Str()) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		if len(marks) > maxMarks {
			break
		}
		list, problem := parse(strings.TrimSpace(line))
		if problem != "" {
			list = []Mark{{Problem: problem}}
		}
		marks = append(marks, list...)
	}
	if len(marks) == 0 {
		marks = []Mark{{Problem: "it names no rule"}}
	}
	for i := range marks {
		marks[i].Span = n.KeySpan()
	}
	return marks
}

// peerMarks reads an annotation of another tool; there are none in any other.
// other looks up a further annotation beside it.
func peerMarks(key, value string, other func(key string) string) []Mark {
	switch {
	case key == kubeLinterAll:
		return []Mark{peerMark(kubeLinter, everyCheck, value, "")}
	case strings.HasPrefix(key, kubeLinterCheck):
		return []Mark{peerMark(kubeLinter, key[len(kubeLinterCheck):], value, "")}
	case key == kubeScoreIgnore:
		return listed(kubeScore, value, "", "")
	case strings.HasPrefix(key, polarisDomain):
		return polarisMarks(key, value)
	case strings.HasPrefix(key, checkovSkip):
		check, reason, _ := strings.Cut(value, "=")
		return listed(checkov, check, reason, "")
	case key == kubescapeSkip:
		return listed(kubescape, value, other(kubescapeReason), day(other(kubescapeExpiry)))
	case key == kubescapeIgnore && isYes(value):
		return []Mark{peerMark(kubescape, everyCheck, "", "")}
	}
	return nil
}

func polarisMarks(key, value string) []Mark {
	check, ok := strings.CutSuffix(key[len(polarisDomain):], polarisCheck)
	switch {
	case !strings.EqualFold(value, "true"):
	case key == polarisAll:
		return []Mark{peerMark(polaris, everyCheck, "", "")}
	case ok && check != "":
		return []Mark{peerMark(polaris, check, "", "")}
	}
	return nil
}

// listed are the marks of a list of checks with commas.
func listed(tool, checks, reason, until string) []Mark {
	var marks []Mark
	for check := range strings.SplitSeq(checks, ",") {
		if check = strings.TrimSpace(check); check != "" && len(marks) <= maxMarks {
			marks = append(marks, peerMark(tool, check, reason, until))
		}
	}
	return marks
}

// day is the day of a time as kubescape writes it (RFC 3339), or the text as
// it is.
func day(text string) string {
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t.UTC().Format(time.DateOnly)
	}
	return text
}

// isYes tells whether kubescape takes a value for yes.
func isYes(value string) bool {
	switch strings.ToLower(value) {
	case "true", "yes", "1", "enable", "enabled":
		return true
	}
	return false
}
