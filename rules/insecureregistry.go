package rules

import (
	"encoding/json"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// imageRegistryInsecure looks where a registry is named or configured: in
// pods, in Flux and Argo CD sources, and in the configuration of runtimes.
func imageRegistryInsecure(p *lint.Pass) {
	eachImage(plainImageRegistry)(p)
	eachContainer(insecureBuilder)(p)
	switch group := p.Object.Group(); {
	case p.Object.Kind == "ConfigMap" && group == "":
		for _, data := range p.Object.At("data").Fields() {
			reportRuntimeConfig(p, data, data.Key)
		}
	case p.Object.Kind == "Secret" && group == "":
		argoRepository(p)
	case strings.HasSuffix(group, ".toolkit.fluxcd.io"):
		fluxSource(p)
	case strings.HasSuffix(group, "cluster.x-k8s.io") || group == "kubeadm.k8s.io":
		kubeadmRegistry(p)
	}
}

func plainImageRegistry(p *lint.Pass, image podImage) {
	if why := plainRegistry(image.ref.Registry); why != "" {
		p.Reportf(image.node, "%s pulls from registry %s, which %s", image.user, image.ref.Registry, why)
	}
}

// builderFlags are the arguments with which image builders do without
// verified TLS.
var builderFlags = []struct {
	program, flag func() *regexp.Regexp
}{
	{lazyRegexp(`kaniko`), lazyRegexp(`(?:^|\s)(--(?:insecure|skip-tls-verify)(?:-pull)?)(?:=true|\s|$)`)},
	{lazyRegexp(`kaniko`), lazyRegexp(`(?:^|\s)(--(?:insecure|skip-tls-verify)-registry)[=\s]`)},
	{lazyRegexp(`\b(?:buildah|podman|skopeo)\b`), lazyRegexp(`(?:^|\s)(--(?:src-|dest-)?tls-verify=(?:false|0))(?:\s|$)`)},
	{lazyRegexp(`buildctl|buildkit`), lazyRegexp(`(registry\.insecure=true)\b`)},
}

// loopbackRegistry finds a registry on the machine itself among the arguments.
var loopbackRegistry = lazyRegexp(`(?:^|[\s=/,"'])(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?/`)

func insecureBuilder(p *lint.Pass, c *manifest.Container) {
	texts := commandTexts(c)
	var all strings.Builder
	all.WriteString(c.At("image").Str())
	for _, n := range texts {
		all.WriteString(" " + n.Str())
	}
	whole := all.String()
	if loopbackRegistry().MatchString(whole) {
		return
	}
	for _, b := range builderFlags {
		if !b.program().MatchString(whole) {
			continue
		}
		for _, n := range texts {
			if m := b.flag().FindStringSubmatch(withoutComments(n.Str()) + " "); m != nil {
				p.Reportf(n, "container %q builds images with %s", c.Name(), m[1]).Showing(m[1])
			}
		}
	}
}

// withoutComments blanks the comment lines of a script.
func withoutComments(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if strings.HasPrefix(strings.TrimSpace(line), "#") {
			lines[i] = ""
		}
	}
	return strings.Join(lines, "\n")
}

// commandTexts are the scalars of a container that make up what it runs:
// command, arguments, and the scripts of Tekton steps and Argo templates.
func commandTexts(c *manifest.Container) []*manifest.Node {
	texts := slices.Concat(c.At("command").Items(), c.At("args").Items())
	for _, key := range []string{"script", "source"} {
		if n := c.At(key); n.IsString() {
			texts = append(texts, n)
		}
	}
	return slices.DeleteFunc(texts, func(n *manifest.Node) bool { return n.Kind != manifest.Scalar })
}

// fluxSource reads the sources whose spec.insecure allows plain HTTP. For a
// HelmRepository it counts only with type oci.
func fluxSource(p *lint.Pass) {
	spec := p.Object.At("spec")
	switch p.Object.Kind {
	case "OCIRepository", "ImageRepository":
	case "HelmRepository":
		if spec.At("type").Str() != "oci" {
			return
		}
	default:
		return
	}
	address := spec.At("url")
	if !address.IsSet() {
		address = spec.At("image")
	}
	registry, _ := splitRegistry(strings.TrimPrefix(address.Str(), "oci://"))
	insecure := spec.At("insecure")
	switch why := plainRegistry(registry); {
	case isLoopback(registry):
	case insecure.Truth() == manifest.True:
		p.Reportf(insecure, "%s %q uses its registry without verified TLS", p.Object.Kind, p.Object.Name)
	case insecure.Truth() == manifest.Unknown:
		p.UnknownValue(insecure)
	case why != "":
		p.Reportf(address, "%s %q uses registry %s, which %s", p.Object.Kind, p.Object.Name, registry, why)
	}
}

// argoRepository reads the Secrets that hold repositories of Argo CD; those of
// Git are another matter.
func argoRepository(p *lint.Pass) {
	switch p.Object.At("metadata", "labels", "argocd.argoproj.io/secret-type").Str() {
	case "repository", "repo-creds":
	default:
		return
	}
	url := secretField(p.Object, "url")
	oci := strings.HasPrefix(url.text, "oci://") || secretField(p.Object, "type").text == "oci" || secretField(p.Object, "enableOCI").text == "true"
	registry, _ := splitRegistry(strings.TrimPrefix(url.text, "oci://"))
	if !oci || isLoopback(registry) {
		return
	}
	for _, key := range []string{"insecure", "insecureOCIForceHttp"} {
		if field := secretField(p.Object, key); field.text == "true" {
			p.Reportf(field.node, "the repository of Argo CD uses its registry without verified TLS").Showing("true")
		}
	}
}

// kubeadmPaths are where kubeadm's configuration stands in the kinds that
// carry it.
var kubeadmPaths = [][]string{{}, {"spec"}, {"spec", "template", "spec"}, {"spec", "kubeadmConfigSpec"}, {"spec", "template", "spec", "kubeadmConfigSpec"}}

// kubeadmRegistry reads the image repositories of a cluster's components and
// the files that are written to its nodes.
func kubeadmRegistry(p *lint.Pass) {
	for _, keys := range kubeadmPaths {
		config := p.Object.At(keys...)
		for _, file := range config.At("files").Items() {
			reportRuntimeConfig(p, file.At("content"), file.At("path").Str())
		}
		for _, cluster := range []*manifest.Node{config, config.At("clusterConfiguration")} {
			for _, n := range []*manifest.Node{cluster.At("imageRepository"), cluster.At("dns", "imageRepository"), cluster.At("etcd", "local", "imageRepository")} {
				registry, _ := splitRegistry(n.Str() + "/")
				if why := plainRegistry(registry); why != "" && !n.Templated() {
					p.Reportf(n, "the cluster's images come from registry %s, which %s", registry, why)
				}
			}
		}
	}
}

// reportRuntimeConfig reports what a container runtime's configuration file
// allows. name tells which file it is.
func reportRuntimeConfig(p *lint.Pass, content *manifest.Node, name string) {
	if !content.IsString() {
		return
	}
	for _, fault := range runtimeFaults(path.Base(name), content.Value) {
		p.Reportf(content, "%s holds %s", path.Base(name), fault).Showing(fault)
	}
}

// runtimeFaults are the settings of a runtime's configuration that do without
// verified TLS: of Docker (JSON), containerd and CRI-O (TOML) and k3s (YAML).
func runtimeFaults(name, text string) []string {
	switch {
	case strings.Contains(text, "insecure-registries"):
		return dockerFaults(text)
	case name == "registries.yaml":
		return k3sFaults(text)
	case strings.HasSuffix(name, ".json"), strings.HasSuffix(name, ".yaml"), strings.HasSuffix(name, ".yml"):
		return nil
	}
	return tomlFaults(name, text)
}

func dockerFaults(text string) []string {
	var daemon struct {
		Insecure []string `json:"insecure-registries"`
	}
	if json.Unmarshal([]byte(text), &daemon) != nil {
		return nil
	}
	for _, registry := range daemon.Insecure {
		host, size, isNet := strings.Cut(registry, "/")
		if !isLoopback(host) && !(isNet && size != "" && strings.HasPrefix(host, "127.")) {
			return []string{"insecure-registries"}
		}
	}
	return nil
}

// k3sFaults reads the private registry file of k3s and RKE2.
func k3sFaults(text string) []string {
	file, err := manifest.NewFile("registries.yaml", []byte(text))
	if err != nil {
		return nil
	}
	tree, err := manifest.Parse(manifest.Span{File: file, Start: 0, End: len(file.Text)})
	if err != nil {
		return nil
	}
	var faults []string
	for _, config := range tree.Root.At("configs").Fields() {
		if config.At("tls", "insecure_skip_verify").True() && !isLoopback(config.Key) {
			faults = append(faults, "insecure_skip_verify")
			break
		}
	}
	for _, mirror := range tree.Root.At("mirrors").Fields() {
		if slices.ContainsFunc(mirror.At("endpoint").Items(), func(n *manifest.Node) bool { return isPlainEndpoint(n.Str()) }) {
			return append(faults, "a mirror endpoint with http://")
		}
	}
	return faults
}

// isPlainEndpoint tells whether a URL is plain HTTP to another machine.
func isPlainEndpoint(url string) bool {
	rest, ok := strings.CutPrefix(strings.ToLower(url), "http://")
	host, _, _ := strings.Cut(rest, "/")
	return ok && host != "" && !isLoopback(host)
}

var (
	tomlSection = lazyRegexp(`^\[+\s*([^#]*?)\s*\]+\s*(?:#.*)?$`)
	tomlTrue    = lazyRegexp(`^(insecure_skip_verify|skip_verify|insecure)\s*=\s*true\b`)
	tomlURL     = lazyRegexp(`"(http://[^"]*)"|'(http://[^']*)'`)
)

// tomlFaults reads containerd's config.toml and hosts.toml and the
// registries.conf that CRI-O and Podman share. A setting counts in the
// sections about registries only: others have settings of the same name.
func tomlFaults(name, text string) []string {
	var faults []string
	add := func(fault string) {
		if !slices.Contains(faults, fault) {
			faults = append(faults, fault)
		}
	}
	section := tomlScope{file: name}
	for _, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if m := tomlSection().FindStringSubmatch(line); m != nil {
			section = tomlScope{file: name, header: m[1]}
		}
		if value, ok := strings.CutPrefix(line, "location"); ok {
			registry, _ := splitRegistry(strings.Trim(value, " =\"'") + "/")
			section.local = section.local || isLoopback(registry)
		}
		if m := tomlTrue().FindStringSubmatch(line); m != nil && section.has(m[1]) {
			add(fmt.Sprintf("%s = true", m[1]))
		}
		if url := tomlURL().FindStringSubmatch(line); url != nil && section.hasEndpoint(line) && isPlainEndpoint(url[1]+url[2]) {
			add("a mirror endpoint with http://")
		}
	}
	return faults
}

// tomlScope is a section of a TOML file, as far as registries are concerned.
type tomlScope struct {
	file, header string
	// local tells that the section is about a registry on the machine itself.
	local bool
}

var quotedHost = lazyRegexp(`["'](?:https?://)?([^"'/]+)`)

// has tells whether a switch in the section is about a registry's TLS.
func (s tomlScope) has(key string) bool {
	if s.local {
		return false
	}
	for _, host := range quotedHost().FindAllStringSubmatch(s.header, -1) {
		if isLoopback(host[1]) {
			return false
		}
	}
	switch key {
	case "insecure":
		return s.header == "registry" || s.header == "registry.mirror"
	case "skip_verify":
		return s.file == "hosts.toml" || strings.HasPrefix(s.header, `host."http`)
	}
	return strings.Contains(s.header, "registry.configs.")
}

// hasEndpoint tells whether a line of the section says where a mirror is.
func (s tomlScope) hasEndpoint(line string) bool {
	switch {
	case strings.HasPrefix(line, "#"):
		return false
	case strings.HasPrefix(line, "endpoint"):
		return strings.Contains(s.header, "registry.mirrors.")
	case strings.HasPrefix(line, "server"):
		return s.file == "hosts.toml" && s.header == ""
	}
	return strings.HasPrefix(line, `[host."http://`)
}
