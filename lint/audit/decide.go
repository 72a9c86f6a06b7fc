package audit

import "strings"

// Attributes are what a policy sees of a request.
type Attributes struct {
	User   string
	Groups []string
	Verb   string
	// Path is that of a request for no resource, such as /healthz; the fields
	// below are empty then.
	Path string
	// Namespace is empty for resources that have none.
	Namespace, APIGroup, Resource, Subresource, Name string
}

// Decide is the rule that decides how a request is logged, the first that
// matches it; nil when none does, and nothing is logged.
func (p *Policy) Decide(a Attributes) *Rule {
	for _, r := range p.Rules {
		if r.Matches(a) {
			return r
		}
	}
	return nil
}

// Logs tells whether the rule has requests that it matches logged: by its
// level, and at one of the stages that every request passes.
func (r *Rule) Logs() bool {
	const passed = requestReceived | responseComplete
	return r.Level > None && r.omitted&passed != passed
}

// LogsRequest tells whether the rule writes the bodies of requests to the log.
// They are logged once the response is complete.
func (r *Rule) LogsRequest() bool { return r.Level >= Request && r.omitted&responseComplete == 0 }

// LogsResponse tells whether the rule writes the bodies of responses to the log.
func (r *Rule) LogsResponse() bool {
	return r.Level == RequestResponse && r.omitted&responseComplete == 0
}

// Matches tells whether the rule is about a request.
func (r *Rule) Matches(a Attributes) bool {
	switch {
	case !r.Users.empty() && !r.Users.Has(a.User):
		return false
	case !r.UserGroups.empty() && !hasAny(r.UserGroups, a.Groups):
		return false
	case !r.Verbs.empty() && !r.Verbs.Has(a.Verb):
		return false
	case r.ofResources():
		return a.Resource != "" && r.matchesResource(a)
	case !r.NonResourceURLs.empty():
		return a.Resource == "" && matchesPath(r.NonResourceURLs.Items, a.Path)
	}
	return true
}

// ofResources tells that the rule is about requests for resources only.
func (r *Rule) ofResources() bool { return !r.Namespaces.empty() || len(r.Resources) > 0 }

func (r *Rule) matchesResource(a Attributes) bool {
	if !r.Namespaces.empty() && !r.Namespaces.Has(a.Namespace) {
		return false
	}
	for _, of := range r.Resources {
		if of.matches(a) {
			return true
		}
	}
	return len(r.Resources) == 0
}

// matches reads resources as the API server does: pods is not pods/exec, while
// pods/* is pods too, and * is every resource and subresource of the group.
// Names do not limit a group without resources.
func (g GroupResources) matches(a Attributes) bool {
	switch {
	case g.Group != a.APIGroup:
		return false
	case g.Resources.empty():
		return true
	case !g.Names.empty() && !g.Names.Has(a.Name):
		return false
	case g.Resources.Has("*"), g.Resources.Has(a.Resource + "/*"):
		return true
	case a.Subresource == "":
		return g.Resources.Has(a.Resource)
	}
	return g.Resources.Has(a.Resource+"/"+a.Subresource) || g.Resources.Has("*/"+a.Subresource)
}

func matchesPath(patterns []string, path string) bool {
	for _, pattern := range patterns {
		if coversPath(pattern, path) {
			return true
		}
	}
	return false
}

// coversPath tells whether a pattern matches a path, or all that a pattern
// does.
func coversPath(pattern, path string) bool {
	prefix, open := strings.CutSuffix(pattern, "*")
	return pattern == path || open && strings.HasPrefix(path, strings.TrimRight(prefix, "*"))
}

func hasAny(list List, items []string) bool {
	for _, item := range items {
		if list.Has(item) {
			return true
		}
	}
	return false
}

// Covers tells that the rule matches every request that another one matches:
// where it comes first, the other is never reached.
func (r *Rule) Covers(other *Rule) bool {
	if !other.Users.within(r.Users) || !other.UserGroups.within(r.UserGroups) || !other.Verbs.within(r.Verbs) {
		return false
	}
	switch {
	case r.ofResources():
		return other.ofResources() && other.Namespaces.within(r.Namespaces) && r.coversResources(other)
	case !r.NonResourceURLs.empty():
		return !other.ofResources() && r.coversPaths(other.NonResourceURLs.Items)
	}
	return true
}

func (r *Rule) coversPaths(paths []string) bool {
	for _, path := range paths {
		if !matchesPath(r.NonResourceURLs.Items, path) {
			return false
		}
	}
	return len(paths) > 0
}

func (r *Rule) coversResources(other *Rule) bool {
	if len(r.Resources) == 0 {
		return true
	}
	for _, of := range other.Resources {
		if of.Resources.empty() {
			of = GroupResources{Group: of.Group, Resources: List{Items: []string{"*"}}}
		}
		for _, pattern := range of.Resources.Items {
			if !r.coversPattern(of, pattern) {
				return false
			}
		}
	}
	return len(other.Resources) > 0
}

// coversPattern tells whether one entry of the rule's resources matches all
// that a pattern of another rule's does.
func (r *Rule) coversPattern(of GroupResources, pattern string) bool {
	for _, g := range r.Resources {
		switch {
		case g.Group != of.Group:
		case g.Resources.empty():
			return true
		case of.Names.within(g.Names) && g.covers(pattern):
			return true
		}
	}
	return false
}

// covers tells whether the entry matches all resources that a pattern does. A
// star stands for any name only where the API server takes it for one.
func (g GroupResources) covers(pattern string) bool {
	resource, subresource, nested := strings.Cut(pattern, "/")
	return g.Resources.Has("*") || g.Resources.Has(pattern) ||
		resource != "*" && g.Resources.Has(resource+"/*") ||
		nested && subresource != "*" && g.Resources.Has("*/"+subresource)
}
