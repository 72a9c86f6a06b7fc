package audit

// sampled is how many entries of each list of a rule are tried by Reaches.
const sampled = 3

// Reaches tells whether there is a request for the resource of a, by one of
// verbs, that the rule decides: the rules before it do not match all of them.
// It tries users, groups, namespaces and names that the rule lists, or those of
// a where the rule lists none. An empty Namespace stands for a resource that
// has none.
func (p *Policy) Reaches(r *Rule, a Attributes, verbs []string) bool {
	for _, verb := range verbs {
		a.Verb = verb
		if (r.Verbs.empty() || r.Verbs.Has(verb)) && p.reaches(r, a) {
			return true
		}
	}
	return false
}

func (p *Policy) reaches(r *Rule, a Attributes) bool {
	namespaces := []string{a.Namespace}
	if a.Namespace != "" {
		namespaces = r.Namespaces.sample(a.Namespace)
	}
	names := []string{a.Name}
	for _, of := range r.Resources {
		if of.Group == a.APIGroup && len(names) <= sampled {
			names = append(names, of.Names.sample(a.Name)...)
		}
	}
	groups := a.Groups
	for _, a.User = range r.Users.sample(a.User) {
		for _, group := range r.UserGroups.sample("") {
			a.Groups = groups
			if group != "" {
				a.Groups = append([]string{group}, groups...)
			}
			for _, a.Namespace = range namespaces {
				for _, a.Name = range names {
					if r.Matches(a) && p.Decide(a) == r {
						return true
					}
				}
			}
		}
	}
	return false
}

// sample are the first entries of a list, or what stands for an empty one.
func (l List) sample(otherwise string) []string {
	if l.empty() {
		return []string{otherwise}
	}
	return l.Items[:min(len(l.Items), sampled)]
}
