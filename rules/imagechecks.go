package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// podImage is one place of a pod that names an image: a container or a volume.
type podImage struct {
	// user says whose image it is, for messages.
	user string
	// owner holds the image's pull policy under the key policy.
	owner  *manifest.Node
	policy string
	// node is the reference.
	node *manifest.Node
	// ref is the reference in its parts. When a placeholder stands in it, ref
	// has what comes before, and is templated.
	ref       imageReference
	templated bool
	malformed bool
}

// eachImage makes a rule's check of a check for one image: of containers of
// all roles and of image volumes. An image that says nothing before it is
// deployed is unknown.
func eachImage(check func(*lint.Pass, podImage)) func(*lint.Pass) {
	return eachPod(func(p *lint.Pass, pod *manifest.Pod) {
		for _, c := range pod.Containers() {
			image := readImage(c.At("image"))
			image.user, image.owner, image.policy = fmt.Sprintf("container %q", c.Name()), c.Node, "imagePullPolicy"
			checkImage(p.In(c), image, check)
		}
		for _, volume := range pod.Volumes() {
			source := volume.At("image")
			if !source.IsSet() {
				continue
			}
			image := readImage(source.At("reference"))
			image.user, image.owner, image.policy = fmt.Sprintf("volume %q", volume.At("name").Str()), source, "pullPolicy"
			checkImage(p, image, check)
		}
	})
}

func checkImage(p *lint.Pass, image podImage, check func(*lint.Pass, podImage)) {
	switch {
	case !image.node.IsSet():
		p.Unknown(image.owner, "no image is named here")
	case !image.node.IsString() || image.templated && image.ref.Repository == "":
		p.UnknownValue(image.node)
	default:
		check(p, image)
	}
}

func readImage(n *manifest.Node) podImage {
	image := podImage{node: n}
	text := n.Str()
	if at := placeholder(text); at >= 0 {
		image.templated = true
		// A placeholder behind the tag's colon leaves the repository known.
		if before := text[:at]; strings.HasSuffix(before, ":") || strings.HasSuffix(before, "@") {
			image.ref, _ = parseImage(before[:at-1])
		}
		return image
	}
	ref, ok := parseImage(text)
	image.ref, image.malformed = ref, !ok
	return image
}

// placeholder is where a part begins that a tool replaces before deployment,
// -1 when there is none. No reference holds a dollar sign or a brace; ko://
// is replaced by ko.
func placeholder(text string) int {
	if strings.HasPrefix(text, "ko://") {
		return 0
	}
	at := strings.IndexByte(text, '$')
	for _, mark := range []string{"{{", "{%", "#{"} {
		if i := strings.Index(text, mark); i >= 0 && (at < 0 || i < at) {
			at = i
		}
	}
	return at
}

// floatingTagParams are the parameters of rules that tell floating tags.
type floatingTagParams struct {
	Tags []string `doc:"the tags that name another image from time to time"`
}

func (f *floatingTagParams) has(tag string) bool {
	return slices.ContainsFunc(f.Tags, func(t string) bool { return strings.EqualFold(t, tag) })
}

func floatingTags(p *lint.Pass) *floatingTagParams {
	params, _ := p.Rule.Params.(*floatingTagParams)
	return params
}

func imageTagLatest(p *lint.Pass, image podImage) {
	switch {
	case image.templated:
		p.UnknownValue(image.node)
	case image.node.Str() == "":
		p.Reportf(image.node, "%s has an empty image", image.user)
	case image.malformed:
		p.Reportf(image.node, "%s has image %q, which is no image reference", image.user, image.node.Str())
	case image.ref.Digest != "":
	case image.ref.Tag == "":
		p.Reportf(image.node, "%s has image %q without a tag, which means latest", image.user, image.node.Str())
	case floatingTags(p).has(image.ref.Tag):
		p.Reportf(image.node, "%s has image %q with the floating tag %s", image.user, image.node.Str(), image.ref.Tag)
	}
}

// digestParams are the parameters of image-digest-missing.
type digestParams struct {
	ExemptRepositories []string `doc:"globs of normalised repositories that need no digest" form:"glob"`
}

func imageDigestMissing(p *lint.Pass, image podImage) {
	params, _ := p.Rule.Params.(*digestParams)
	switch {
	case image.templated:
		p.UnknownValue(image.node)
	case image.malformed:
		p.Reportf(image.node, "%s has image %q, which has no well-formed digest", image.user, image.node.Str())
	case image.ref.Digest == "" && !matchesAny(params.ExemptRepositories, image.ref.name()):
		p.Reportf(image.node, "%s has image %q without a digest", image.user, image.node.Str())
	}
}

// matchesAny tells whether a normalised repository fits one of the globs. A
// glob of a registry or namespace holds all that is below it.
func matchesAny(globs []string, name string) bool {
	return slices.ContainsFunc(globs, func(glob string) bool {
		glob = strings.TrimSuffix(glob, "/")
		return doublestar.MatchUnvalidated(glob, name) || doublestar.MatchUnvalidated(glob+"/**", name)
	})
}

func imagePullPolicy(p *lint.Pass, image podImage) {
	policy := image.owner.At(image.policy)
	switch {
	case policy.IsSet() && !slices.Contains([]string{"Always", "IfNotPresent", "Never"}, policy.Str()):
		p.Unknown(policy, "the pull policy is none that Kubernetes knows")
	case policy.Str() == "Never":
		p.Reportf(policy, "%s never pulls its image", image.user)
	case policy.Str() == "Always":
	case image.templated || image.malformed:
		p.Unknown(image.node, "whether the image has a digest cannot be told")
	case image.ref.Digest != "":
	case policy.IsSet():
		finding := p.Reportf(policy, "%s takes image %q from the node when it is there", image.user, image.node.Str())
		if image.ref.Tag == "" || floatingTags(p).has(image.ref.Tag) {
			finding.Severity = lint.Medium
			finding.Message += ", though its tag floats"
		}
	case image.ref.Tag != "" && image.ref.Tag != "latest":
		p.Missingf(image.owner, []string{image.policy}, "%s states no pull policy, so image %q is taken from the node when it is there", image.user, image.node.Str())
	}
}

// registryParams are the parameters of image-registry-untrusted: globs of
// normalised repositories, as registry.example.com/** or docker.io/library/*.
type registryParams struct {
	Allowed []string `yaml:"allowed-registries" doc:"globs of the only registries and repositories to pull from, as registry.example.com; all when there are none" form:"glob"`
	Denied  []string `yaml:"denied-registries" doc:"globs of registries and repositories not to pull from, whatever is allowed" form:"glob"`
}

func imageRegistryUntrusted(p *lint.Pass, image podImage) {
	params, _ := p.Rule.Params.(*registryParams)
	name := image.ref.name()
	switch {
	case image.malformed:
		if len(params.Allowed)+len(params.Denied) > 0 {
			p.Unknown(image.node, "the value is no image reference")
		}
	case matchesAny(params.Denied, name):
		p.Reportf(image.node, "%s pulls %s, which is denied", image.user, name)
	case len(params.Allowed) > 0 && !matchesAny(params.Allowed, name):
		p.Reportf(image.node, "%s pulls %s, which no allowed registry holds", image.user, name)
	case p.Strict && image.ref.Registry == "":
		p.Reportf(image.node, "%s names no registry, so the node's configuration decides that %s is meant", image.user, name).AsNote()
	}
}

// movedRegistryParams are the parameters of image-registry-deprecated.
type movedRegistryParams struct {
	Moved map[string]string `doc:"further prefixes of normalised repositories, and where their images are now"`
}

func imageRegistryDeprecated(p *lint.Pass, image podImage) {
	if image.malformed {
		p.Unknown(image.node, "the value is no image reference")
		return
	}
	name := image.ref.name()
	if moved, ok := movedTo(p, name); ok {
		finding := p.Reportf(image.node, "%s pulls from %s, which %s (successor: %s)", image.user, moved.prefix, moved.state, moved.successor)
		if moved.note {
			finding.AsNote()
		}
	}
}

func movedTo(p *lint.Pass, name string) (movedRegistry, bool) {
	params, _ := p.Rule.Params.(*movedRegistryParams)
	longest := movedRegistry{}
	for prefix, successor := range params.Moved {
		if under(name, prefix) && len(prefix) > len(longest.prefix) {
			longest = movedRegistry{prefix: prefix, state: "has moved", successor: successor}
		}
	}
	if longest.prefix != "" {
		return longest, true
	}
	for _, moved := range movedRegistries {
		if under(name, moved.prefix) {
			return moved, true
		}
	}
	return movedRegistry{}, false
}

func imageKnownVulnerable(p *lint.Pass) {
	if p.Object.Kind == "IngressClass" && p.Object.Group() == "networking.k8s.io" {
		if controller := p.Object.At("spec", "controller"); controller.Str() == "k8s.io/ingress-nginx" {
			p.Reportf(controller, "the class is served by ingress-nginx, which is without security fixes since March 2026").Lower()
		}
		return
	}
	eachImage(vulnerableVersion)(p)
}

func vulnerableVersion(p *lint.Pass, image podImage) {
	version, known := parseVersion(image.ref.Tag)
	open := false
	for _, entry := range vulnerableImages {
		switch {
		case !entry.matches(image.ref.Repository):
		case len(entry.ranges) == 0 || known && entry.holds(version):
			reportVulnerable(p, image, entry)
			return
		case !known:
			open = true
		}
	}
	if open {
		p.Unknown(image.node, "the version of the image cannot be told")
	}
}

func reportVulnerable(p *lint.Pass, image podImage, entry vulnerableImage) {
	const source = "by the table of " + vulnerableImagesDate + ", not an image scan"
	switch {
	case entry.ended:
		p.Reportf(image.node, "%s runs %s, which is %s (%s)", image.user, entry.product, entry.flaw, source).Lower()
	case len(entry.ranges) == 0:
		p.Reportf(image.node, "%s runs %s, which is %s (successor: %s; %s)", image.user, entry.product, entry.flaw, entry.fixed, source)
	default:
		p.Reportf(image.node, "%s runs %s %s, which has %s (fixed in %s; %s)", image.user, entry.product, image.ref.Tag, entry.flaw, entry.fixed, source)
	}
}
