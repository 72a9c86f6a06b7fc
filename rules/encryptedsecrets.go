package rules

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/secret"
	"github.com/seaworthy-lint/seaworthy/lint/secret/carrier"
)

// encryptedPlaintext reports what SOPS should have encrypted and did not, and
// credentials in the templates of sealed and external secrets.
func encryptedPlaintext(p *lint.Pass) {
	for _, h := range credentialsIn(p, secret.Credential, carrier.SecretTemplate) {
		reportCredential(p, h, "template of "+p.Object.Kind+" "+strconv.Quote(p.Object.Name)+" holds a credential in clear"+called(h, "in"))
	}
	sops := p.Object.At("sops")
	if !sops.At("mac").IsSet() && !sops.At("version").IsSet() {
		neverEncrypted(p)
		return
	}
	s := newSopsRules(sops)
	for _, field := range p.Object.Fields() {
		if field.Key != "sops" {
			s.check(p, field, false)
		}
	}
}

// neverEncrypted reports a Secret in clear in a file for which a .sops.yaml above
// it has a rule. A rule without a path is for every file, and says nothing of
// this one.
func neverEncrypted(p *lint.Pass) {
	configs := p.Set.OfKind("getsops.io", manifest.SOPSKind)
	if p.Object.Kind != "Secret" || p.Object.Group() != "" || len(configs) == 0 {
		return
	}
	hits := credentialsIn(p, secret.Credential, carrier.Secret)
	if len(hits) == 0 {
		return
	}
	at := p.Object.Anchor()
	for _, config := range configs {
		file, below := strings.CutPrefix(at.File.Path, strings.TrimSuffix(config.Name, ".sops.yaml"))
		if !below {
			continue
		}
		if rule := creationRule(config, file); rule != nil {
			p.Reportf(hits[0].Node, "Secret %q is in clear, and .sops.yaml has %s encrypted", p.Object.Name, file).
				Showing(hits[0].Shown().String()).Relate(rule, "the rule for the file")
			return
		}
	}
}

// creationRule is the expression of the first rule that matches a path below
// the configuration of SOPS, which is the one that holds (getsops.io, "Using
// .sops.yaml conf to select KMS, PGP and age for new files").
func creationRule(config *manifest.Object, file string) *manifest.Node {
	for _, rule := range config.At("creation_rules").Items() {
		path := rule.At("path_regex")
		if !path.IsSet() {
			return nil
		}
		if matches := userRegexp(path.Str()); matches != nil && matches.MatchString(file) {
			return path
		}
	}
	return nil
}

// sopsRules say which values SOPS encrypts (getsops.io, "Encrypting only parts
// of a file"): those below a key that one of the four options tells.
type sopsRules struct {
	encrypted, unencrypted    *regexp.Regexp
	suffix, unencryptedSuffix string
}

func newSopsRules(sops *manifest.Node) sopsRules {
	s := sopsRules{suffix: sops.At("encrypted_suffix").Str(), unencryptedSuffix: sops.At("unencrypted_suffix").Str()}
	s.encrypted = userRegexp(sops.At("encrypted_regex").Str())
	s.unencrypted = userRegexp(sops.At("unencrypted_regex").Str())
	return s
}

// userRegexp is an expression that a file holds; nil for none, or one that is
// not valid.
func userRegexp(pattern string) *regexp.Regexp {
	if pattern == "" {
		return nil
	}
	compiled, err := regexp.Compile(pattern)
	if err != nil {
		return nil
	}
	return compiled
}

// covers tells whether SOPS encrypts what lies below a key.
func (s sopsRules) covers(o *manifest.Object, key string) bool {
	switch {
	case s.encrypted != nil:
		return s.encrypted.MatchString(key)
	case s.suffix != "":
		return strings.HasSuffix(key, s.suffix)
	case o.Group() == "" && o.Kind == "Secret":
		return key == "data" || key == "stringData"
	}
	return false
}

// spares tells whether SOPS leaves what lies below a key in clear.
func (s sopsRules) spares(key string) bool {
	return s.unencrypted != nil && s.unencrypted.MatchString(key) || s.unencryptedSuffix != "" && strings.HasSuffix(key, s.unencryptedSuffix)
}

// check reports the scalars of a field that are in clear though SOPS should
// have encrypted them. Those that it was told to leave are other rules'.
func (s sopsRules) check(p *lint.Pass, n *manifest.Node, covered bool) {
	covered = (covered || s.covers(p.Object, n.Key)) && !s.spares(n.Key)
	if n.Kind == manifest.Scalar {
		s.scalar(p, n, covered)
	}
	for _, kid := range n.Kids {
		s.check(p, kid, covered)
	}
}

func (s sopsRules) scalar(p *lint.Pass, n *manifest.Node, covered bool) {
	if !n.IsString() || n.Value == "" || secret.Encrypted(n.Value) || secret.Refers(n.Value) {
		return
	}
	switch {
	case covered:
		shown := secret.Show("data", n.Value).String()
		p.Reportf(n, "%s %q is encrypted by SOPS, but %s is in clear", p.Object.Kind, p.Object.Name, n.Path()).Showing(shown).About(n.Path())
	case slices.Contains([]string{"", "metadata"}, rootKey(n)):
	case secret.Judge(n.Key, s.plain(p.Object, n)).Class == secret.Credential:
		shown := secret.Show("data", n.Value).String()
		p.Reportf(n, "%s %q is encrypted by SOPS, which leaves %s in clear", p.Object.Kind, p.Object.Name, n.Path()).Showing(shown).About(n.Path())
	}
}

// plain is the text of a value: in the data of a Secret it stands in base64.
func (s sopsRules) plain(o *manifest.Object, n *manifest.Node) string {
	if o.Kind == "Secret" && o.Group() == "" && rootKey(n) == "data" {
		if decoded, ok := secret.Decode(n.Value); ok {
			return string(decoded)
		}
	}
	return n.Value
}

// rootKey is the key of the object's field that a node is in.
func rootKey(n *manifest.Node) string {
	for n.Parent != nil && n.Parent.Parent != nil {
		n = n.Parent
	}
	return n.Key
}
