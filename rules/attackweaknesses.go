package rules

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/attackpath"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/networkpolicy"
	"github.com/seaworthy-lint/seaworthy/lint/rbac"
	"github.com/seaworthy-lint/seaworthy/lint/scope"
)

// attackWeaknesses are what lets an intruder out of a container, the cheapest
// to mend first.
var attackWeaknesses = []*attackpath.Weakness{
	{
		Name: "token for the cluster", Reach: attackpath.Cluster, Find: tokenOpenings(true),
		Words: "a mounted token of a service account whose roles, in every namespace, lead to everything",
	},
	{
		Name: "token for a namespace", Reach: attackpath.Namespace, Find: tokenOpenings(false),
		Words: "a mounted token of a service account that may read the Secrets of a namespace, run pods or commands there, or widen its rights",
	},
	{
		Name: "capability", Reach: attackpath.Node, Find: escapes(capabilityOpenings),
		Words: "an added ALL, SYS_ADMIN, SYS_MODULE, SYS_RAWIO or DAC_READ_SEARCH, or SYS_PTRACE with hostPID, as root",
	},
	{
		Name: "host processes", Reach: attackpath.Neighbours, Find: escapes(processOpenings),
		Words: "hostPID as root",
	},
	{
		Name: "privileged", Reach: attackpath.Node, Find: escapes(privilegedOpenings),
		Words: "a privileged container",
	},
	{
		Name: "host path", Reach: attackpath.Node, Find: escapes(hostPathOpenings),
		Words: "a mount, as root, of what the node keeps its keys and tokens in, or for writing of what it runs",
	},
	{
		Name: "runtime socket", Reach: attackpath.Node, Find: escapes(socketOpenings),
		Words: "a mount of the socket of a container runtime",
	},
	{
		Name: "metadata service", Reach: attackpath.Cloud, Find: metadataOpenings(true),
		Words: "hostNetwork on a node that labels or annotations show to be of a cloud, where no policy and no hop limit holds",
	},
	{
		Name: "metadata service from a pod", Reach: attackpath.Cloud, Find: metadataOpenings(false), Supposed: true,
		Words: "on such a node, no policy that keeps the pod from 169.254.169.254; the provider may",
	},
}

// escapes finds ways from a container onto its node. From a user namespace of
// its own a pod's root is nobody there, and Windows has others.
func escapes(find func(*manifest.Container) []attackpath.Opening) func(attackpath.Scene, *manifest.Container) []attackpath.Opening {
	return func(_ attackpath.Scene, c *manifest.Container) []attackpath.Opening {
		if c.Pod.At("hostUsers").Truth() == manifest.False || c.Pod.Windows() {
			return nil
		}
		return find(c)
	}
}

// runsAsRoot tells whether a container may run as root. An image may name
// another user, which a manifest does not show; then root counts, as it does
// for the Pod Security Standards.
func runsAsRoot(c *manifest.Container) manifest.Truth {
	user, nonRoot := effectiveContext(c, "runAsUser"), effectiveContext(c, "runAsNonRoot")
	id, known := user.Int()
	switch {
	case user.IsSet() && !known:
		return manifest.Unknown
	case known:
		return manifest.TruthOf(id == 0)
	case nonRoot.Truth() == manifest.Unknown:
		return manifest.Unknown
	}
	return manifest.TruthOf(nonRoot.Truth() != manifest.True)
}

func privilegedOpenings(c *manifest.Container) []attackpath.Opening {
	privileged := c.At("securityContext", "privileged")
	switch truth := privileged.Truth(); truth {
	case manifest.True, manifest.Unknown:
		return []attackpath.Opening{{Text: "runs privileged", At: privileged, Known: truth}}
	}
	return nil
}

func capabilityOpenings(c *manifest.Container) []attackpath.Opening {
	root := runsAsRoot(c)
	if root == manifest.False {
		return nil
	}
	opening := attackpath.Opening{Known: root}
	var names []string
	for _, entry := range c.At("securityContext", "capabilities", "add").Items() {
		name := capabilityName(entry)
		if !slices.Contains([]string{"ALL", "SYS_ADMIN", "SYS_MODULE", "SYS_RAWIO", "DAC_READ_SEARCH"}, name) &&
			!(name == "SYS_PTRACE" && c.Pod.At("hostPID").True()) {
			continue
		}
		if opening.At == nil {
			opening.At = entry
		} else {
			opening.Steps = append(opening.Steps, attackpath.Fact{Text: "and " + name, At: entry})
		}
		names = appendText(names, name)
	}
	switch len(names) {
	case 0:
		return nil
	case 1:
		opening.Text = "has the capability " + names[0]
	default:
		opening.Text = "has the capabilities " + joinWords(names)
	}
	return []attackpath.Opening{opening}
}

func processOpenings(c *manifest.Container) []attackpath.Opening {
	shared, root := c.Pod.At("hostPID"), runsAsRoot(c)
	if !shared.True() || root == manifest.False {
		return nil
	}
	return []attackpath.Opening{{Text: "sees the processes of the node as root", At: shared, Known: root}}
}

func hostPathOpenings(c *manifest.Container) []attackpath.Opening {
	return mountOpenings(c, func(mount *manifest.Node, entry hostPathEntry) (text string, known manifest.Truth) {
		root, readOnly := runsAsRoot(c), mount.At("readOnly").Truth()
		switch {
		case entry.takes == byReading:
			return "mounts", root
		case entry.takes == byWriting && readOnly == manifest.Unknown:
			return "writes to", manifest.All(root, manifest.Unknown)
		case entry.takes == byWriting && readOnly != manifest.True:
			return "writes to", root
		}
		return "", manifest.False
	})
}

func socketOpenings(c *manifest.Container) []attackpath.Opening {
	return mountOpenings(c, func(_ *manifest.Node, entry hostPathEntry) (text string, known manifest.Truth) {
		return "mounts", manifest.TruthOf(entry.class == socketPath)
	})
}

// mountOpenings are the mounts of host paths that a judge says something of.
func mountOpenings(c *manifest.Container, judge func(mount *manifest.Node, entry hostPathEntry) (text string, known manifest.Truth)) []attackpath.Opening {
	volumes := hostVolumes(c.Pod)
	if len(volumes) == 0 {
		return nil
	}
	var found []attackpath.Opening
	for _, mount := range c.At("volumeMounts").Items() {
		at := slices.IndexFunc(volumes, func(v hostVolume) bool { return v.name == mount.At("name").Str() })
		if at < 0 || !volumes[at].known() || mount.At("subPathExpr").IsSet() || mount.At("subPath").Templated() {
			continue
		}
		place := path.Join(volumes[at].place.Str(), mount.At("subPath").Str())
		entry := hostPathOf(place, false, !mount.At("readOnly").True())
		if text, known := judge(mount, entry); known != manifest.False {
			found = append(found, attackpath.Opening{
				Text: fmt.Sprintf("%s the node's %s: %s", text, place, entry.holds), At: mount.Nearest("name"), Known: known,
				Steps: []attackpath.Fact{{Text: fmt.Sprintf("volume %q is a path of the node", volumes[at].name), At: volumes[at].place}},
			})
		}
	}
	return found
}

// tokenOpenings are what the token of the pod takes over, in the cluster or in
// namespaces.
func tokenOpenings(clusterWide bool) func(attackpath.Scene, *manifest.Container) []attackpath.Opening {
	return func(scene attackpath.Scene, c *manifest.Container) []attackpath.Opening {
		index := rbac.Of(scene.Set)
		account := index.AccountOf(c.Pod)
		mounted := account.TokenMounted(c.Pod)
		if mounted == manifest.False || !account.Known() {
			return nil
		}
		powers, unsure := index.Powers(account, scene.Minor)
		powers = slices.DeleteFunc(powers, func(power rbac.Power) bool { return power.Grant.ClusterWide != clusterWide })
		opening := attackpath.Opening{Known: mounted}
		opening.At, opening.Missing = accountField(c.Pod, account)
		switch {
		case len(powers) > 0:
			opening.Text = fmt.Sprintf("holds a token of service account %q that lets it %s", account.Name, powersText(scope.Of(scene.Set), powers))
			opening.Steps = powerFacts(powers)
			opening.Takes = tokenTakes(scope.Of(scene.Set), powers, clusterWide)
		case unsure && clusterWide:
			opening.Text, opening.Known = fmt.Sprintf("holds a token of service account %q", account.Name), manifest.Unknown
		default:
			return nil
		}
		return []attackpath.Opening{opening}
	}
}

// tokenTakes says what powers take: the cluster or a namespace, or its Secrets
// where they only read those.
func tokenTakes(s *scope.Scope, powers []rbac.Power, clusterWide bool) string {
	where := "the cluster"
	if namespace := s.Resolve(powers[0].Grant.Object.Namespace); !clusterWide && namespace == "" {
		where = "its namespace"
	} else if !clusterWide {
		where = fmt.Sprintf("the namespace %q", namespace)
	}
	if slices.ContainsFunc(powers, func(power rbac.Power) bool { return power.Permission.Effect != rbac.ReadSecrets }) {
		return "takes " + where
	}
	return "takes the Secrets of " + where
}

// cloudSigns begin labels and annotations by which nodes and identities of
// providers are chosen.
var cloudSigns = []string{
	"eks.amazonaws.com/", "karpenter.k8s.aws/", "cloud.google.com/", "topology.gke.io/", "kubernetes.azure.com/", "azure.workload.identity/",
}

// metadataOpenings are ways to the metadata service of a cloud, from the
// network of the node or from the pod's own.
func metadataOpenings(fromNode bool) func(attackpath.Scene, *manifest.Container) []attackpath.Opening {
	return func(scene attackpath.Scene, c *manifest.Container) []attackpath.Opening {
		sign := cloudSign(c.Pod)
		if sign == nil || c.Pod.At("hostNetwork").True() != fromNode {
			return nil
		}
		opening := attackpath.Opening{
			Text: "reaches the metadata service of the cloud", Known: manifest.True,
			Steps: []attackpath.Fact{{Text: "the nodes are those of a cloud", At: sign}},
		}
		if opening.At = c.Pod.At("hostNetwork"); !fromNode {
			opening.At = c.Nearest("name")
			opening.Known = networkpolicy.Of(scene.Set).Allows(networkpolicy.PodEnd(c.Pod), networkpolicy.MetadataEnd(), networkpolicy.Port{Number: networkpolicy.MetadataPort})
		}
		if opening.Known == manifest.False {
			return nil
		}
		return []attackpath.Opening{opening}
	}
}

// cloudSign is a field of the pod that tells of a cloud.
func cloudSign(pod *manifest.Pod) *manifest.Node {
	fields := slices.Concat(pod.At("nodeSelector").Fields(), pod.Metadata.At("annotations").Fields(), pod.Metadata.At("labels").Fields())
	for _, n := range fields {
		if slices.ContainsFunc(cloudSigns, func(sign string) bool { return strings.Contains(n.Key, sign) }) {
			return n
		}
	}
	return nil
}
