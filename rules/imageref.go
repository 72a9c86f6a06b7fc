package rules

import (
	"net/netip"
	"strings"
)

// imageReference is an image's name in its parts, each empty when it was left
// out.
type imageReference struct {
	// Registry is the host with its port.
	Registry, Repository, Tag, Digest string
}

// The grammar of references is that of the distribution project
// (github.com/distribution/reference), which the kubelet parses with.
var (
	imageHost       = lazyRegexp(`^(?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?$`)
	imageRepository = lazyRegexp(`^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$`)
	imageTag        = lazyRegexp(`^\w[\w.-]{0,127}$`)
	imageDigest     = lazyRegexp(`^(?:sha256:[a-f0-9]{64}|sha512:[a-f0-9]{128})$`)
)

// parseImage reads a reference; ok is false when the kubelet would refuse it.
func parseImage(text string) (ref imageReference, ok bool) {
	name, digest, hasDigest := strings.Cut(text, "@")
	if hasDigest && !imageDigest().MatchString(digest) {
		return imageReference{}, false
	}
	ref.Digest = digest
	slash := strings.LastIndexByte(name, '/')
	if colon := strings.LastIndexByte(name, ':'); colon > slash {
		name, ref.Tag = name[:colon], name[colon+1:]
		if !imageTag().MatchString(ref.Tag) {
			return imageReference{}, false
		}
	}
	ref.Registry, ref.Repository = splitRegistry(name)
	if ref.Registry != "" && !imageHost().MatchString(ref.Registry) || !imageRepository().MatchString(ref.Repository) || len(name) > 255 {
		return imageReference{}, false
	}
	return ref, true
}

// splitRegistry tells a registry from the first part of a path: it has a dot or
// a colon, or is localhost.
func splitRegistry(name string) (registry, repository string) {
	first, rest, ok := strings.Cut(name, "/")
	if ok && (strings.ContainsAny(first, ".:") || first == "localhost") {
		return first, rest
	}
	return "", name
}

// name is the reference without tag and digest, in full, so that spellings of
// one repository compare equal.
func (r imageReference) name() string {
	registry, repository := strings.ToLower(r.Registry), r.Repository
	switch registry {
	case "", "index.docker.io", "registry-1.docker.io":
		registry = "docker.io"
	}
	if registry == "docker.io" && !strings.Contains(repository, "/") {
		repository = "library/" + repository
	}
	return registry + "/" + repository
}

// under tells whether a normalised repository is the prefix or lies below it.
func under(name, prefix string) bool {
	return name == prefix || strings.HasPrefix(name, prefix+"/")
}

// isLoopback tells whether a registry or another address, with or without a
// port, is on the machine itself.
func isLoopback(registry string) bool {
	host := hostOf(registry)
	if strings.Count(registry, ":") > 1 && registry[0] != '[' { // IPv6 without a port
		host = registry
	}
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.Unmap().IsLoopback()
}

// hostOf is a registry without its port.
func hostOf(registry string) string {
	host := strings.ToLower(registry)
	if inner, ok := strings.CutPrefix(host, "["); ok {
		host, _, _ = strings.Cut(inner, "]")
		return host
	}
	host, _, _ = strings.Cut(host, ":")
	return host
}

// plainRegistry says why a registry cannot be known to be who it says, ""
// when nothing speaks against it. Public authorities give no certificates for
// bare addresses, and port 80 is HTTP.
func plainRegistry(registry string) string {
	if registry == "" || isLoopback(registry) {
		return ""
	}
	if strings.HasSuffix(registry, ":80") {
		return "speaks plain HTTP on port 80"
	}
	if _, err := netip.ParseAddr(hostOf(registry)); err == nil {
		return "is a bare IP address"
	}
	return ""
}
