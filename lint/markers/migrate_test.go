package markers

import (
	"strings"
	"testing"
)

// answering are the rules that stand-ins for checks have.
func answering(check string) []string {
	switch check {
	case "kube-linter:host-pid", "checkov:CKV_K8S_17", "trivy-checks:KSV-0010", "kubescape:C-0038", "kube-score:b":
		return []string{"host-pid"}
	case "checkov:CKV_K8S_19", "kube-score:a":
		return []string{"host-network", "host-port"}
	}
	return nil
}

// TestMigrate holds that only the lines with markers change.
func TestMigrate(t *testing.T) {
	const head = "kind: Pod\nmetadata:\n  annotations:\n"
	for name, test := range map[string]struct {
		text, want string
		left       string
	}{
		"a comment":           {"hostPID: true   #trivy:ignore:KSV-0010 why \n", "hostPID: true   # seaworthy:ignore host-pid -- why \n", ""},
		"two in one":          {"# trivy:ignore:KSV-0010 why # trivy:ignore:x\na: b\n", "# seaworthy:ignore host-pid -- why # trivy:ignore:x\na: b\n", "1: no rule answers to trivy-checks:X"},
		"one of ours":         {"# seaworthy:ignore a -- b\n# seaworthy:nonsense\na: b\n", "", ""},
		"a string":            {"a: \"# trivy:ignore:KSV-0010\"\nb: |\n  # trivy:ignore:KSV-0010\n", "", ""},
		"conditions":          {"# trivy:ignore:KSV-0010[name=x] why\na: b\n", "", "1: trivy:ignore:KSV-0010[name=x] why has conditions, or names no check"},
		"the whole resource":  {"# checkov:skip=CKV_K8S_17:why\nkind: Pod\nmetadata: # checkov:skip=CKV_K8S_17\n", "# seaworthy:ignore host-pid -- why\nkind: Pod\nmetadata: # checkov:skip=CKV_K8S_17\n", "3: checkov:CKV_K8S_17 speaks for a whole resource"},
		"an annotation":       {head + "    checkov.io/skip1: \"CKV_K8S_17=why: \\\"x\\\"\" # so\n", head + "    seaworthy.dev/ignore: \"host-pid: why: \\\"x\\\"\" # so\n", ""},
		"several annotations": {head + "    checkov.io/skip1: CKV_K8S_17\n    a: b\n    'checkov.io/skip2': CKV_K8S_19=why\nspec:\n", head + "    seaworthy.dev/ignore: |-\n      host-pid\n      host-network, host-port: why\n    a: b\nspec:\n", ""},
		"two maps":            {"a:\n  annotations:\n    kube-score/ignore: a,b\nb:\n  podAnnotations:\n    kube-score/ignore: b\n", "a:\n  annotations:\n    seaworthy.dev/ignore: \"host-network, host-port, host-pid\"\nb:\n  podAnnotations:\n    seaworthy.dev/ignore: \"host-pid\"\n", ""},
		"kubescape":           {head + "    kubescape.io/skip-expiry: 2027-01-31T00:00:00Z\n    kubescape.io/skip-reason: why\n    kubescape.io/skip-controls: C-0038\n", head + "    seaworthy.dev/ignore: \"host-pid until=2027-01-31: why\"\n", ""},
		"every check":         {head + "    kube-linter.io/ignore-all: why\n", head + "    seaworthy.dev/ignore: \"kube-linter:*: why\"\n", ""},
		"Windows":             {"a: 1\r\nhostPID: true # trivy:ignore:KSV-0010\r\nb: 2\r\n", "a: 1\r\nhostPID: true # seaworthy:ignore host-pid\r\nb: 2\r\n", ""},
		"no line break":       {head + "    kube-score/ignore: b", head + "    seaworthy.dev/ignore: \"host-pid\"", ""},
		"not annotations":     {"labels:\n  kube-score/ignore: b\n", "", "2: the annotation does not stand"},
		"a template":          {head + "    kube-score/ignore: {{ .Values.x }}\n", "", "4: the annotation is templated"},
		"a block":             {head + "    kube-score/ignore: |-\n      b\n", "", "4: the annotation is templated, or no string on one line"},
		"a longer value":      {head + "    kube-score/ignore: a,\n      b\n", "", "4: the annotation is templated, or no string on one line"},
		"ours beside":         {head + "    kube-score/ignore: b\n    seaworthy.dev/ignore: a\n", "", "5: there is an annotation of seaworthy already"},
		"JSON":                {"{\"metadata\": {\"annotations\": {\"kube-score/ignore\": \"b\"}}}\n", "", "1: the annotation does not stand"},
		"a date in a reason":  {head + "    ignore-check.kube-linter.io/host-pid: until=tomorrow\n", "", "4: kube-linter:host-pid gives a reason or a date"},
	} {
		file := fileOf(t, "x.yaml", test.text)
		m := Migrate(file, answering)
		if test.want == "" {
			test.want = test.text
		}
		if got := string(m.Apply(file)); got != test.want {
			t.Errorf("%s: got\n%q, want\n%q", name, got, test.want)
		}
		left := ""
		for _, l := range m.Left {
			left += string(rune('0'+l.Line)) + ": " + l.Reason
		}
		if !strings.HasPrefix(left, test.left) || test.left == "" && left != "" {
			t.Errorf("%s: left %q, want %q", name, left, test.left)
		}
	}
}
