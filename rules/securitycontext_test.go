package rules

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/linttest"
)

// rulesNamed are the rules with the ids.
func rulesNamed(t *testing.T, ids ...string) []*lint.Rule {
	t.Helper()
	var named []*lint.Rule
	for _, r := range All() {
		if slices.Contains(ids, r.ID) {
			named = append(named, r)
		}
	}
	if len(named) != len(ids) {
		t.Fatalf("%d of the rules %q exist", len(named), ids)
	}
	return named
}

// state is what a field says.
type state int

const (
	none state = iota
	bad
	good
	null
)

// inheritance says for each way to set a field of pod and container what holds
// for the container: where its value comes before the pod's (merged), where
// both count (either), and where the pod has no such field (own).
var inheritance = []struct {
	name                string
	pod, container      state
	merged, either, own state
}{
	{"absent", none, none, none, none, none},
	{"pod bad", bad, none, bad, bad, none},
	{"pod good", good, none, good, good, none},
	{"container bad", none, bad, bad, bad, bad},
	{"container good", none, good, good, good, good},
	{"both bad", bad, bad, bad, bad, bad},
	{"both good", good, good, good, good, good},
	{"container overrides bad with good", bad, good, good, bad, good},
	{"container overrides good with bad", good, bad, bad, bad, bad},
	{"null does not override bad", bad, null, bad, bad, none},
	{"null does not override good", good, null, good, good, none},
	{"null in both", null, null, none, none, none},
}

// contextFields are the fields of security contexts with a bad and a good
// value, and the rules that find the bad one and its absence.
var contextFields = []struct {
	field, bad, good      string
	form                  string // merged, either or own
	windows               bool
	whenBad, whenNotThere []string
}{
	{field: "runAsUser", bad: "0", good: "10001", form: "merged",
		whenBad: []string{"run-as-non-root-missing", "run-as-root"}, whenNotThere: []string{"low-user-id", "run-as-non-root-missing"}},
	{field: "runAsUser", bad: "10000", good: "10001", form: "merged",
		whenBad: []string{"low-user-id"}, whenNotThere: []string{"low-user-id", "run-as-non-root-missing"}},
	{field: "runAsNonRoot", bad: "false", good: "true", form: "merged",
		whenBad: []string{"run-as-root"}, whenNotThere: []string{"run-as-non-root-missing"}},
	{field: "runAsGroup", bad: "10000", good: "10001", form: "merged",
		whenBad: []string{"low-group-id"}, whenNotThere: []string{"low-group-id"}},
	{field: "seccompProfile", bad: "{type: Unconfined}", good: "{type: RuntimeDefault}", form: "merged",
		whenBad: []string{"seccomp-unconfined"}, whenNotThere: []string{"seccomp-profile-missing"}},
	{field: "appArmorProfile", bad: "{type: Unconfined}", good: "{type: RuntimeDefault}", form: "merged",
		whenBad: []string{"apparmor-unconfined"}, whenNotThere: []string{"apparmor-profile-missing"}},
	{field: "windowsOptions", bad: "{runAsUserName: ContainerAdministrator}", good: "{runAsUserName: ContainerUser}", form: "merged", windows: true,
		whenBad: []string{"windows-run-as-administrator"}},
	{field: "windowsOptions", bad: "{hostProcess: true}", good: "{hostProcess: false}", form: "either",
		whenBad: []string{"windows-host-process"}},
	{field: "seLinuxOptions", bad: "{type: spc_t}", good: "{type: container_t}", form: "either",
		whenBad: []string{"selinux-options-unsafe"}},
	{field: "privileged", bad: "true", good: "false", form: "own",
		whenBad: []string{"privileged-container"}},
	{field: "allowPrivilegeEscalation", bad: "true", good: "false", form: "own",
		whenBad: []string{"allow-privilege-escalation"}, whenNotThere: []string{"privilege-escalation-not-disabled"}},
	{field: "readOnlyRootFilesystem", bad: "false", good: "true", form: "own",
		whenBad: []string{"writable-root-filesystem"}, whenNotThere: []string{"writable-root-filesystem"}},
	{field: "procMount", bad: "Unmasked", good: "Default", form: "own",
		whenBad: []string{"proc-mount-unmasked"}},
	{field: "capabilities", bad: "{drop: [CHOWN]}", good: "{drop: [ALL]}", form: "own",
		whenBad: []string{"capabilities-not-dropped"}, whenNotThere: []string{"capabilities-not-dropped"}},
	{field: "capabilities", bad: "{add: [SYS_PTRACE]}", good: "{add: [NET_BIND_SERVICE]}", form: "own",
		whenBad: []string{"dangerous-capability"}},
}

var roleLists = map[string]string{
	"app": "containers", "init": "initContainers", "sidecar": "initContainers", "ephemeral": "ephemeralContainers",
}

// TestInheritance says of every field and every way to set it, in every role,
// which rules find something.
func TestInheritance(t *testing.T) {
	for _, f := range contextFields {
		ids := slices.Concat(f.whenBad, f.whenNotThere)
		slices.Sort(ids)
		rules := rulesNamed(t, slices.Compact(ids)...)
		for _, way := range inheritance {
			holds := map[string]state{"merged": way.merged, "either": way.either, "own": way.own}[f.form]
			want := map[state][]string{bad: f.whenBad, none: f.whenNotThere}[holds]
			for role, list := range roleLists {
				t.Run(fmt.Sprintf("%s %s/%s/%s", f.field, f.bad, way.name, role), func(t *testing.T) {
					values := map[state]string{bad: f.bad, good: f.good, null: "null"}
					content := contextManifest(f.field, values[way.pod], values[way.container], list, role, f.windows)
					if got := foundFor(t, content, role, rules); !slices.Equal(got, want) {
						t.Errorf("found %q, want %q in\n%s", got, want, content)
					}
				})
			}
		}
	}
}

// contextManifest is a pod with a container "subject" of the role.
func contextManifest(field, pod, container, list, role string, windows bool) string {
	var b strings.Builder
	b.WriteString("apiVersion: v1\nkind: Pod\nmetadata: {name: generated}\nspec:\n")
	if windows {
		b.WriteString("  os: {name: windows}\n")
	}
	if pod != "" {
		fmt.Fprintf(&b, "  securityContext: {%s: %s}\n", field, pod)
	}
	if list != "containers" {
		b.WriteString("  containers:\n  - name: bystander\n")
	}
	fmt.Fprintf(&b, "  %s:\n  - name: subject\n", list)
	if role == "sidecar" {
		b.WriteString("    restartPolicy: Always\n")
	}
	if container != "" {
		fmt.Fprintf(&b, "    securityContext: {%s: %s}\n", field, container)
	}
	return b.String()
}

// foundFor are the rules that find something in the subject or its pod, hidden
// or not.
func foundFor(t *testing.T, content, role string, rules []*lint.Rule) []string {
	t.Helper()
	report := linttest.Check(t, linttest.Load(t, "pod.yaml", []byte(content)), lint.Options{Rules: rules})
	var found []string
	for _, f := range slices.Concat(report.Findings, report.Folded) {
		if f.Container == "subject" && string(f.Role) != role {
			t.Errorf("%s: role %s, want %s", f.Rule.ID, f.Role, role)
		}
		if f.Container == "subject" || f.Container == "" {
			found = append(found, f.Rule.ID)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// TestCredits says when a pod with two containers earns the points of a rule:
// never when one of them is not as it should be, whichever rule reports it.
func TestCredits(t *testing.T) {
	for _, test := range []struct {
		rule, first, second string
		want                lint.Outcome
	}{
		{"privilege-escalation-not-disabled", "allowPrivilegeEscalation: false", "allowPrivilegeEscalation: false", lint.Passed},
		{"privilege-escalation-not-disabled", "allowPrivilegeEscalation: false", "allowPrivilegeEscalation: true", lint.Failed},
		{"privilege-escalation-not-disabled", "allowPrivilegeEscalation: false", "privileged: true", lint.Failed},
		{"privilege-escalation-not-disabled", "allowPrivilegeEscalation: false", `allowPrivilegeEscalation: "${X}"`, lint.Undecided},
		{"run-as-non-root-missing", "runAsNonRoot: true", "runAsUser: 1000", lint.Passed},
		{"run-as-non-root-missing", "runAsNonRoot: true", "runAsNonRoot: false", lint.Failed},
		{"run-as-non-root-missing", "runAsNonRoot: true", `runAsUser: "${UID}"`, lint.Undecided},
		{"low-user-id", "runAsUser: 10001", "runAsUser: 20000", lint.Passed},
		{"low-user-id", "runAsUser: 10001", "runAsUser: 0", lint.Failed},
		{"low-group-id", "runAsGroup: 10001", "runAsGroup: 10001", lint.Passed},
		{"writable-root-filesystem", "readOnlyRootFilesystem: true", "readOnlyRootFilesystem: true", lint.Passed},
		{"writable-root-filesystem", "readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false", lint.Failed},
		{"seccomp-profile-missing", "seccompProfile: {type: RuntimeDefault}", "seccompProfile: {type: Localhost, localhostProfile: a}", lint.Passed},
		{"seccomp-profile-missing", "seccompProfile: {type: RuntimeDefault}", "seccompProfile: {type: Unconfined}", lint.Failed},
		{"apparmor-profile-missing", "appArmorProfile: {type: RuntimeDefault}", "appArmorProfile: {type: RuntimeDefault}", lint.Passed},
		{"apparmor-profile-missing", "appArmorProfile: {type: RuntimeDefault}", "appArmorProfile: {type: Unconfined}", lint.Failed},
	} {
		content := fmt.Sprintf("apiVersion: v1\nkind: Pod\nmetadata: {name: two}\nspec:\n  containers:\n"+
			"  - {name: a, securityContext: {%s}}\n  - {name: b, securityContext: {%s}}\n", test.first, test.second)
		rule := rulesNamed(t, test.rule)[0]
		report := linttest.Check(t, linttest.Load(t, "pod.yaml", []byte(content)), lint.Options{Rules: []*lint.Rule{rule}})
		if got := report.Resources[0].Score.Outcome(rule); got != test.want {
			t.Errorf("%s with %s and %s: outcome %d, want %d", test.rule, test.first, test.second, got, test.want)
		}
	}
}

// TestPrivilegedHides says what is left to say of a privileged container: what
// being privileged does not make moot.
func TestPrivilegedHides(t *testing.T) {
	const content = `apiVersion: v1
kind: Pod
metadata: {name: privileged}
spec:
  containers:
  - name: app
    securityContext:
      privileged: true
      runAsUser: 0
      capabilities: {add: [SYS_ADMIN, cap_net_raw]}
      seccompProfile: {type: Unconfined}
`
	report := linttest.Check(t, linttest.Load(t, "pod.yaml", []byte(content)), lint.Options{Rules: All()})
	var found []string
	for _, f := range report.Findings {
		if f.Rule.Family == "securitycontext" || f.Rule.Family == "capabilities" {
			found = append(found, f.Rule.ID)
		}
	}
	slices.Sort(found)
	want := []string{"apparmor-profile-missing", "host-user-namespace", "low-group-id", "privileged-container", "run-as-root", "writable-root-filesystem"}
	if !slices.Equal(found, want) {
		t.Errorf("found %q, want %q", found, want)
	}
}

// TestUntrustedSelector demands a runtime class of the workloads that the
// parameter chooses, and accepts the classes that another one names.
func TestUntrustedSelector(t *testing.T) {
	rule := *rulesNamed(t, "agent-sandbox-unhardened")[0]
	rule.Params = &agentSandboxParams{
		RuntimeClasses:    []string{"vm-*"},
		UntrustedSelector: map[string]string{"trust": "none", "tier": "jobs"},
	}
	const manifest = `apiVersion: apps/v1
kind: Deployment
metadata: {name: jobs}
spec:
  template:
    metadata: {labels: %s}
    spec:
      %s
      containers: [{name: app, image: registry.example.com/app}]
`
	for _, test := range []struct {
		labels, class string
		want          int
	}{
		{"{trust: none, tier: jobs, app: a}", "", 1},
		{"{trust: none, tier: jobs}", "runtimeClassName: gvisor", 1},
		{"{trust: none, tier: jobs}", "runtimeClassName: vm-small", 0},
		{"{trust: none}", "", 0},
		{"{trust: some, tier: jobs}", "", 0},
	} {
		content := fmt.Sprintf(manifest, test.labels, test.class)
		report := linttest.Check(t, linttest.Load(t, "jobs.yaml", []byte(content)), lint.Options{Rules: []*lint.Rule{&rule}})
		if len(report.Findings) != test.want {
			t.Errorf("labels %s, class %q: %d findings, want %d", test.labels, test.class, len(report.Findings), test.want)
		}
	}
}
