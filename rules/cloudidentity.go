package rules

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

const azureIdentity = "azure.workload.identity/client-id"

// cloudIdentities are the annotations that tie a service account to a role of
// AWS, a service account of Google Cloud or an identity of Azure.
var cloudIdentities = []string{"eks.amazonaws.com/role-arn", "iam.gke.io/gcp-service-account", azureIdentity}

func cloudIdentityOvershared(p *lint.Pass) {
	if p.Object.Kind != "ServiceAccount" || p.Object.Group() != "" {
		return
	}
	for _, key := range cloudIdentities {
		if identity := p.Object.At("metadata", "annotations", key); identity.Str() != "" {
			judgeIdentity(p, identity)
		}
	}
}

func judgeIdentity(p *lint.Pass, identity *manifest.Node) {
	var faults []string
	if p.Object.Name == "default" {
		faults = append(faults, "belongs to the default account of its namespace")
	}
	users := identityUsers(p, identity.Key)
	if len(users) > 1 {
		faults = append(faults, fmt.Sprintf("is shared by %d workloads", len(users)))
	}
	if word := powerfulRole(identity.Str()); word != "" {
		faults = append(faults, "names a role that says "+word)
	}
	if len(faults) == 0 {
		if identity.Templated() {
			p.UnknownValue(identity)
		}
		return
	}
	finding := p.Reportf(identity, "the cloud identity of service account %q %s", p.Object.Name, strings.Join(faults, " and "))
	if len(users) > 1 {
		for _, user := range users {
			name := user.Nearest("metadata", "name")
			finding.Relate(name, fmt.Sprintf("%s %q runs as the account", user.Kind, user.Name))
		}
	}
}

// identityUsers are the workloads that get the identity, a workload that has
// several manifests once.
func identityUsers(p *lint.Pass, annotation string) []*manifest.Object {
	var users []*manifest.Object
	seen := map[string]bool{}
	pods, _ := p.Scope().RunsAs(p.Object.Namespace, p.Object.Name)
	for _, pod := range pods {
		// On Azure, the webhook leaves pods alone that do not have the label.
		asks := annotation != azureIdentity || pod.Metadata.At("labels", "azure.workload.identity/use").Str() == "true"
		if asks && len(pod.Containers()) > 0 && !seen[pod.Object.ID()] {
			seen[pod.Object.ID()] = true
			users = append(users, pod.Object)
		}
	}
	return users
}

// powerfulRole is the word in a role's or account's name that tells of power
// over everything, "" when there is none.
func powerfulRole(identity string) string {
	name := identity[strings.LastIndexAny(identity, "/:")+1:]
	name, _, _ = strings.Cut(name, "@")
	if strings.Contains(name, "*") {
		return "*"
	}
	if strings.Contains(strings.ToLower(name), "administrator") {
		return "administrator"
	}
	// An owner is the last word: file-owner-sync is no owner's role.
	last := strings.TrimRight(name, "-_.0123456789")
	if strings.EqualFold(last, "owner") || strings.HasSuffix(last, "Owner") || endsInWord(last, "owner") {
		return "owner"
	}
	return ""
}

func endsInWord(name, word string) bool {
	before, ok := strings.CutSuffix(name, word)
	return ok && before != "" && !unicode.IsLetter(rune(before[len(before)-1]))
}
