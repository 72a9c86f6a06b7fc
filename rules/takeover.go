package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/attackpath"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/rbac"
	"github.com/seaworthy-lint/seaworthy/lint/scope"
)

// workloadPrivilegedToken reports on the pod, whose account is what an
// intruder gets hold of.
func workloadPrivilegedToken(p *lint.Pass, pod *manifest.Pod) {
	if pod.Spec == nil || len(pod.Containers()) == 0 {
		return
	}
	index := rbac.Of(p.Set)
	account := index.AccountOf(pod)
	mounted := account.TokenMounted(pod)
	if mounted == manifest.False {
		return
	}
	if !account.Known() {
		p.UnknownValue(account.Node)
		return
	}
	powers, unsure := index.Powers(account, p.Version.Minor)
	switch {
	case mounted == manifest.Unknown && (len(powers) > 0 || unsure):
		p.Unknown(pod.Spec, "whether the token is mounted cannot be told")
	case len(powers) > 0:
		reportPowers(p, pod, account, powers)
	case unsure:
		p.Unknown(pod.Spec, "not every role of the service account can be told from what is in view")
	}
}

func reportPowers(p *lint.Pass, pod *manifest.Pod, account rbac.Account, powers []rbac.Power) {
	message := fmt.Sprintf("the token of service account %q lets its holder %s", account.Name, powersText(p.Scope(), powers))
	var finding *lint.Finding
	if at, missing := accountField(pod, account); missing != nil {
		finding = p.Missingf(at, missing, "%s", message)
	} else {
		finding = p.Reportf(at, "%s", message)
	}
	for _, fact := range powerFacts(powers) {
		finding.Relate(fact.At, fact.Text)
	}
}

// powerFacts are the rules, bindings and subjects that give an account its
// powers. Those of roles that every cluster has stand in no manifest.
func powerFacts(powers []rbac.Power) []attackpath.Fact {
	var facts []attackpath.Fact
	told := map[*manifest.Node]bool{}
	tell := func(n *manifest.Node, text string) {
		if n != nil && !told[n] {
			told[n] = true
			facts = append(facts, attackpath.Fact{Text: text, At: n})
		}
	}
	for _, power := range powers {
		g := power.Grant
		tell(power.Rule.Node.Nearest("resources"), g.RoleText()+" lets its holder "+power.Permission.Effect)
		tell(g.Object.At("roleRef").Nearest("name"), fmt.Sprintf("%s %q gives %s", g.Object.Kind, g.Object.Name, g.RoleText()))
		tell(g.Subject.Nearest("name"), "to "+rbac.SubjectName(g.Subject))
	}
	return facts
}

// manyEffects is how many effects a message spells out.
const manyEffects = 3

func effectsOf(powers []rbac.Power) string {
	var effects []string
	for _, power := range powers {
		if !slices.Contains(effects, power.Permission.Effect) {
			effects = append(effects, power.Permission.Effect)
		}
	}
	if len(effects) > manyEffects {
		return strings.Join(effects[:manyEffects], ", ") + " and more"
	}
	return joinWords(effects)
}

// powersText says what powers amount to, those that hold in the whole cluster
// before those of a namespace, each with the first grant that gives them.
func powersText(s *scope.Scope, powers []rbac.Power) string {
	var texts []string
	for _, clusterWide := range []bool{true, false} {
		held := slices.DeleteFunc(slices.Clone(powers), func(power rbac.Power) bool { return power.Grant.ClusterWide != clusterWide })
		if len(held) == 0 {
			continue
		}
		extent := " in the whole cluster"
		if !clusterWide {
			extent = extentOfNamespace(s, held[0].Grant.Object.Namespace)
		}
		texts = append(texts, fmt.Sprintf("%s%s (%s)", effectsOf(held), extent, held[0].Grant))
	}
	return strings.Join(texts, ", and ")
}

// accountField is the field that chose the account of a pod, else what decides
// about its token; missing are the keys below it that are not there.
func accountField(pod *manifest.Pod, account rbac.Account) (at *manifest.Node, missing []string) {
	const automount = "automountServiceAccountToken"
	if account.Node.IsSet() {
		return account.Node, nil
	}
	if n := pod.At(automount); n.IsSet() {
		return n, nil
	}
	return pod.Spec, []string{automount}
}
