package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// takeovers are the permissions with which a namespace or the cluster can be
// taken over; the first holds all the others.
var takeovers = slices.Concat(
	[]permission{{effect: "do everything", group: "*", resources: []string{"*"}, verbs: []string{"*"}}},
	secretReads, workloadWrites, podCommands, roleHandouts, identityTakeovers, nodeProxy, tokenCreation, admissionWrites, volumeCreation,
)

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
	for _, t := range takeovers {
		for _, rule := range g.rules {
			if !(rule.limited() && t.named == namesSoften) && t.of(set, rule, g.clusterWide, version) {
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
	var approves, signs bool
	for _, g := range grants {
		if !g.clusterWide {
			continue
		}
		for _, rule := range g.rules {
			if slices.Contains(rule.groups, "*") && slices.Contains(rule.resources, "*") && slices.Contains(rule.verbs, "*") {
				return tokenPower{}, false // reported as everything
			}
			if grantsAny(certificateApproval, rule) {
				approves, power = true, tokenPower{effect: certificateApproval[0].effect, rule: rule, grant: g}
			}
			signs = signs || grantsAny(signerApproval, rule)
		}
	}
	return power, approves && signs
}

// grantsAny tells whether a rule that holds in the whole cluster grants one of
// the permissions.
func grantsAny(table []permission, rule grantedRule) bool {
	return slices.ContainsFunc(table, func(t permission) bool { return t.of(nil, rule, true, lint.NewestVersion()) })
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
		relate(g.subject.Nearest("name"), "to "+subjectName(g.subject))
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
	return joinWords(effects)
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
	return fmt.Sprintf("%s by %s %q to %s", g.role, g.binding.Kind, g.binding.Name, subjectName(g.subject))
}
