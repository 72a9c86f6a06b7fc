package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// takeover is a permission with which a namespace or the cluster can be taken
// over.
type takeover struct {
	effect string
	group  string
	// resources are any when empty.
	resources []string
	verbs     []string
	// clusterOnly marks what has no namespace, which a RoleBinding does not
	// grant.
	clusterOnly bool
	// named tells whether the permission, limited by resourceNames to the
	// name, still takes over; never when nil.
	named func(set *manifest.Set, name string, clusterWide bool) bool
	// before is the minor version from which on the verbs do not suffice.
	before int
}

func anyName(*manifest.Set, string, bool) bool { return true }

func adminName(_ *manifest.Set, name string, _ bool) bool { return isAdminRole(name) }

// powerfulName tells whether a role is one that must not be handed on: by its
// name, or by what it allows where it is in view.
func powerfulName(set *manifest.Set, name string, clusterWide bool) bool {
	if isAdminRole(name) {
		return true
	}
	for _, kind := range []string{"ClusterRole", "Role"} {
		for _, d := range set.Documents {
			o := d.Object
			if o == nil || o.Kind != kind || o.Name != name || o.Group() != rbacGroup {
				continue
			}
			if rules, _ := rulesOf(set, o); slices.ContainsFunc(rules, func(r grantedRule) bool { return r.takesOver(clusterWide) }) {
				return true
			}
		}
	}
	return false
}

// takesOver tells whether a rule without resourceNames takes over by itself.
func (r grantedRule) takesOver(clusterWide bool) bool {
	return len(r.names) == 0 && slices.ContainsFunc(takeovers(), func(t takeover) bool { return t.of(nil, r, clusterWide, lint.NewestVersion()) })
}

// takeovers is the table of what takes over.
func takeovers() []takeover {
	writeVerbs := []string{"create", "update", "patch"}
	changeVerbs := append([]string{"delete", "deletecollection"}, writeVerbs...)
	return []takeover{
		{effect: "do everything", group: "*", resources: []string{"*"}, verbs: []string{"*"}},
		{effect: "read Secrets", resources: []string{"secrets"}, verbs: []string{"get", "list", "watch"}},
		{effect: "create or change workloads", resources: []string{"pods", "replicationcontrollers"}, verbs: writeVerbs},
		{effect: "create or change workloads", group: "apps", resources: []string{"deployments", "daemonsets", "statefulsets", "replicasets"}, verbs: writeVerbs},
		{effect: "create or change workloads", group: "batch", resources: []string{"jobs", "cronjobs"}, verbs: writeVerbs},
		{effect: "run commands in pods", resources: []string{"pods/exec", "pods/attach"}, verbs: []string{"create"}},
		{effect: "run commands in pods", resources: []string{"pods/exec", "pods/attach"}, verbs: []string{"get"}, before: 35},
		{effect: "add debug containers to pods", resources: []string{"pods/ephemeralcontainers"}, verbs: []string{"update", "patch"}},
		{effect: "bind powerful roles", group: rbacGroup, resources: []string{"roles", "clusterroles"}, verbs: []string{"bind"}, named: powerfulName},
		{effect: "escalate roles", group: rbacGroup, resources: []string{"roles"}, verbs: []string{"escalate"}},
		{effect: "escalate roles", group: rbacGroup, resources: []string{"clusterroles"}, verbs: []string{"escalate"}, clusterOnly: true},
		{effect: "impersonate others", resources: []string{"users", "groups"}, verbs: []string{"impersonate"}, clusterOnly: true, named: adminName},
		{effect: "impersonate service accounts", resources: []string{"serviceaccounts"}, verbs: []string{"impersonate"}},
		{effect: "reach the kubelet through nodes/proxy", resources: []string{"nodes/proxy"}, verbs: []string{"get", "create", "update", "patch", "delete"}, clusterOnly: true, named: anyName},
		{effect: "create tokens of service accounts", resources: []string{"serviceaccounts/token"}, verbs: []string{"create"}},
		{
			effect: "change admission control", group: "admissionregistration.k8s.io", clusterOnly: true, verbs: changeVerbs,
			resources: []string{
				"mutatingwebhookconfigurations", "validatingwebhookconfigurations", "mutatingadmissionpolicies",
				"mutatingadmissionpolicybindings", "validatingadmissionpolicies", "validatingadmissionpolicybindings",
			},
		},
		{effect: "change admission control", group: "kyverno.io", resources: []string{"clusterpolicies"}, verbs: changeVerbs, clusterOnly: true},
		{effect: "change admission control", group: "kyverno.io", resources: []string{"policies", "policyexceptions"}, verbs: changeVerbs},
		{effect: "change admission control", group: "policies.kyverno.io", resources: []string{"policyexceptions"}, verbs: changeVerbs},
		{effect: "change admission control", group: "constraints.gatekeeper.sh", verbs: changeVerbs, clusterOnly: true},
		{effect: "create volumes on host paths", resources: []string{"persistentvolumes"}, verbs: []string{"create"}, clusterOnly: true},
	}
}

// of tells whether a rule grants the permission. Lists of resourceNames are as
// the authorizer takes them: a request that creates an object names none, so
// such a rule does not let it through.
func (t takeover) of(set *manifest.Set, rule grantedRule, clusterWide bool, version lint.Version) bool {
	if t.clusterOnly && !clusterWide || t.before > 0 && version.AtLeast(t.before) {
		return false
	}
	if len(rule.names) > 0 && (t.named == nil || !slices.ContainsFunc(rule.names, func(name string) bool { return t.named(set, name, clusterWide) })) {
		return false
	}
	resources := t.resources
	if len(resources) == 0 {
		resources = rule.resources
	}
	return slices.ContainsFunc(resources, func(resource string) bool { return rule.allows(t.group, resource, t.verbs...) })
}

// workloadPrivilegedToken reports on the pod, whose account is what an
// intruder gets hold of.
func workloadPrivilegedToken(p *lint.Pass, pod *manifest.Pod) {
	if pod.Spec == nil || len(pod.Containers()) == 0 {
		return
	}
	account := accountOf(p.Set, pod)
	mounted := tokenMounted(pod, account)
	if mounted == manifest.False {
		return
	}
	if !account.known() {
		p.UnknownValue(account.node)
		return
	}
	powers, unsure := powersOf(p.Set, account.grants(p.Set), p.Version)
	switch {
	case mounted == manifest.Unknown && len(powers)+len(unsure) > 0:
		p.Unknown(pod.Spec, "whether the token is mounted cannot be told")
	case len(powers) > 0:
		reportPowers(p, pod, account, powers)
	case len(unsure) > 0:
		p.Unknown(pod.Spec, "not every role of the service account can be told from what is in view")
	}
}

// tokenMounted tells whether the pod holds a token for the API server.
func tokenMounted(pod *manifest.Pod, account podAccount) manifest.Truth {
	if projectedToken(pod) != nil {
		return manifest.True
	}
	automount := pod.At("automountServiceAccountToken").Truth()
	if automount == manifest.Unset {
		automount = account.automount
	}
	switch {
	case automount == manifest.False || tokenHidden(pod):
		return manifest.False
	case automount == manifest.Unknown:
		return manifest.Unknown
	}
	return manifest.True
}

// tokenPower is one way in which a token takes over, and what grants it.
type tokenPower struct {
	effect string
	rule   grantedRule
	grant  accountGrant
}

// powersOf are the takeovers that the grants amount to. Grants that cannot be
// resolved, and may add others, are returned apart.
func powersOf(set *manifest.Set, grants []accountGrant, version lint.Version) (powers []tokenPower, unsure []accountGrant) {
	var sure []accountGrant
	for _, g := range grants {
		if g.sure {
			sure = append(sure, g)
			powers = append(powers, g.powers(set, version)...)
			continue
		}
		unsure = append(unsure, g)
	}
	if power, ok := certificatePower(sure); ok {
		powers = append(powers, power)
	}
	return powers, unsure
}

func (g accountGrant) powers(set *manifest.Set, version lint.Version) []tokenPower {
	var powers []tokenPower
	for _, t := range takeovers() {
		for _, rule := range g.rules {
			if t.of(set, rule, g.clusterWide, version) {
				powers = append(powers, tokenPower{effect: t.effect, rule: rule, grant: g})
				break
			}
		}
		if len(powers) > 0 && t.group == "*" {
			break // it holds all the others
		}
	}
	return powers
}

// certificatePower needs two permissions, which may come from two roles: to
// approve certificate requests, and to approve for a signer.
func certificatePower(grants []accountGrant) (power tokenPower, ok bool) {
	const group = "certificates.k8s.io"
	var approves, signs bool
	for _, g := range grants {
		if !g.clusterWide {
			continue
		}
		for _, rule := range g.rules {
			if slices.Contains(rule.groups, "*") && slices.Contains(rule.resources, "*") && slices.Contains(rule.verbs, "*") {
				return tokenPower{}, false // reported as everything
			}
			if len(rule.names) == 0 && rule.allows(group, "certificatesigningrequests/approval", "update", "patch") {
				approves, power = true, tokenPower{effect: "approve client certificates", rule: rule, grant: g}
			}
			if rule.allows(group, "signers", "approve") && (len(rule.names) == 0 || slices.ContainsFunc(rule.names, signsClients)) {
				signs = true
			}
		}
	}
	return power, approves && signs
}

// signsClients tells whether a signer's certificates are trusted by the API
// server or the kubelets.
func signsClients(signer string) bool {
	return slices.Contains([]string{
		"kubernetes.io/*", "kubernetes.io/kube-apiserver-client", "kubernetes.io/kube-apiserver-client-kubelet", "kubernetes.io/kubelet-serving",
	}, signer)
}

func reportPowers(p *lint.Pass, pod *manifest.Pod, account podAccount, powers []tokenPower) {
	message := fmt.Sprintf("the token of service account %q lets its holder %s %s (%s)",
		account.name, effectsOf(powers), extentOf(powers), powers[0].grant.String())
	finding := reportAccount(p, pod, account, message)
	related := map[*manifest.Node]bool{}
	relate := func(n *manifest.Node, message string) {
		if n != nil && !related[n] {
			related[n] = true
			finding.Relate(n, message)
		}
	}
	for _, power := range powers {
		g := power.grant
		relate(power.rule.node.Nearest("resources"), g.role+" lets its holder "+power.effect)
		relate(g.binding.At("roleRef").Nearest("name"), fmt.Sprintf("%s %q gives %s", g.binding.Kind, g.binding.Name, g.role))
		relate(g.subject.Nearest("name"), "to "+g.subjectText())
	}
}

// manyEffects is how many effects a message spells out.
const manyEffects = 3

func effectsOf(powers []tokenPower) string {
	var effects []string
	for _, power := range powers {
		if !slices.Contains(effects, power.effect) {
			effects = append(effects, power.effect)
		}
	}
	if len(effects) > manyEffects {
		return strings.Join(effects[:manyEffects], ", ") + " and more"
	}
	last := len(effects) - 1
	if last == 0 {
		return effects[0]
	}
	return strings.Join(effects[:last], ", ") + " and " + effects[last]
}

func extentOf(powers []tokenPower) string {
	if slices.ContainsFunc(powers, func(t tokenPower) bool { return t.grant.clusterWide }) {
		return "in the whole cluster"
	}
	if namespace := powers[0].grant.binding.Namespace; namespace != "" {
		return fmt.Sprintf("in namespace %q", namespace)
	}
	return "in its namespace"
}

// reportAccount lies on the field that chose the account, else on the pod.
func reportAccount(p *lint.Pass, pod *manifest.Pod, account podAccount, message string) *lint.Finding {
	if account.node.IsSet() {
		return p.Reportf(account.node, "%s", message)
	}
	if automount := pod.At("automountServiceAccountToken"); automount.IsSet() {
		return p.Reportf(automount, "%s", message)
	}
	return p.Missingf(pod.Spec, []string{"automountServiceAccountToken"}, "%s", message)
}

func (g accountGrant) String() string {
	return fmt.Sprintf("%s by %s %q to %s", g.role, g.binding.Kind, g.binding.Name, g.subjectText())
}

func (g accountGrant) subjectText() string {
	name := g.subject.At("name").Str()
	if namespace := g.subject.At("namespace").Str(); namespace != "" {
		name = namespace + "/" + name
	}
	return g.subject.At("kind").Str() + " " + name
}
