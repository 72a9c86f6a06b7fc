package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/rbac"
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
	message := fmt.Sprintf("the token of service account %q lets its holder %s %s (%s)",
		account.Name, effectsOf(powers), extentOf(powers), powers[0].Grant.String())
	finding := reportAccount(p, pod, account, message)
	related := map[*manifest.Node]bool{}
	relate := func(n *manifest.Node, message string) {
		if n != nil && !related[n] {
			related[n] = true
			finding.Relate(n, message)
		}
	}
	for _, power := range powers {
		g := power.Grant
		relate(power.Rule.Node.Nearest("resources"), g.RoleText()+" lets its holder "+power.Permission.Effect)
		relate(g.Object.At("roleRef").Nearest("name"), fmt.Sprintf("%s %q gives %s", g.Object.Kind, g.Object.Name, g.RoleText()))
		relate(g.Subject.Nearest("name"), "to "+rbac.SubjectName(g.Subject))
	}
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

func extentOf(powers []rbac.Power) string {
	if slices.ContainsFunc(powers, func(t rbac.Power) bool { return t.Grant.ClusterWide }) {
		return "in the whole cluster"
	}
	return strings.TrimPrefix(extentOfNamespace(powers[0].Grant.Object.Namespace), " ")
}

// reportAccount lies on the field that chose the account, else on the pod.
func reportAccount(p *lint.Pass, pod *manifest.Pod, account rbac.Account, message string) *lint.Finding {
	if account.Node.IsSet() {
		return p.Reportf(account.Node, "%s", message)
	}
	if automount := pod.At("automountServiceAccountToken"); automount.IsSet() {
		return p.Reportf(automount, "%s", message)
	}
	return p.Missingf(pod.Spec, []string{"automountServiceAccountToken"}, "%s", message)
}
