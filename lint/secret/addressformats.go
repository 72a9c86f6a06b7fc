package secret

import (
	"strings"
)

// addressFormats are passwords in URLs, connection strings and headers. They
// say less of what a credential opens than any other format.
var addressFormats = []*Format{
	{ID: "url-password", Name: "password in a URL", keywords: []string{"://"}, general: true, scan: scanURL},
	{
		ID: "dsn-password", Name: "password in a connection string", general: true,
		keywords: []string{"assword=", "ASSWORD=", "pwd=", "Pwd=", "PWD="}, scan: scanDSN,
	},
	{
		ID: "dsn-userinfo", Name: "password in a connection string", general: true, keywords: []string{"@tcp(", "@unix("}, low: true,
		pattern: `[0-9A-Za-z_.-]{1,64}:([^\s@"']{1,128})@`,
		lead:    func(c byte) bool { return isInk(c) && strings.IndexByte("\"'/=", c) < 0 }, leadLength: 128, leadLeast: 3,
		check: literal,
	},
	{
		ID: "oracle-password", Name: "password in a connection string", general: true, keywords: []string{"jdbc:oracle:"}, low: true,
		pattern: `jdbc:oracle:[a-z0-9]{2,8}:[^\s/:@"']{1,64}/([^\s@"']{1,128})@`, check: literal,
	},
	{
		ID: "jaas-password", Name: "password in a JAAS configuration", general: true, keywords: []string{"LoginModule"}, low: true,
		pattern: `[0-9A-Za-z_.$]{0,100}LoginModule\s(?:[^;]|\n){0,300}?password\s*=\s*\\?["']([^"'\\\s]{1,128})\\?["']`, check: literal,
		lead: isNameByte, leadLength: 100,
	},
	{
		ID: "basic-auth-header", Name: "basic authentication header", general: true, keywords: []string{"uthorization", "UTHORIZATION"}, low: true,
		pattern: `[A-Za-z-]{0,12}(?i:uthorization)\\?["']?\s{0,4}[:=,]?\s{0,4}\\?["']?\s{0,2}(?i:basic)\s{1,2}([A-Za-z0-9+/]{6,600}={0,2})`,
		lead:    isNameByte, leadLength: 12, reach: 700, joins: "/+=", check: basicAuth,
	},
	{
		ID: "bearer-header", Name: "bearer token in a header", general: true, keywords: []string{"uthorization", "UTHORIZATION"},
		pattern: `[A-Za-z-]{0,12}(?i:uthorization)\\?["']?\s{0,4}[:=,]?\s{0,4}\\?["']?\s{0,2}(?i:bearer|token|apikey|api-key|splunk)\s{1,2}([0-9A-Za-z._~+/-]{16,900}={0,2})`,
		lead:    isNameByte, leadLength: 12, reach: 1024, joins: "/+=-~.", check: bearerToken,
	},
	{
		ID: "netrc-password", Name: "password in a netrc file", general: true, keywords: []string{"machine "}, low: true,
		pattern: `machine\s+(?:localhost|[0-9A-Za-z-]+\.[0-9A-Za-z.-]+)\s+login\s+\S{1,128}\s+password\s+(\S{1,256})`, check: literal,
	},
}

func bearerToken(token string) finding { return valid(isRandom(token, 16)) }

// scanURL finds the password of a URL. A user name that is a token counts too,
// but for Sentry's, which is public.
func scanURL(text string, at int) (Match, bool) {
	scheme := at
	for scheme > 0 && at-scheme < 24 && (isAlnum(text[scheme-1]) || strings.IndexByte("+.-", text[scheme-1]) >= 0) {
		scheme--
	}
	start := at + len("://")
	end := runOf(text, start, 400, func(c byte) bool { return isInk(c) && strings.IndexByte("/?#\"'`<>\\|", c) < 0 })
	authority := text[start:end]
	split := strings.LastIndexByte(authority, '@')
	if split <= 0 || at-scheme < 2 {
		return Match{}, false
	}
	host := authority[split+1:]
	if host == "" || host[0] == '-' || host[0] == ',' {
		return Match{}, false
	}
	user, password, ok := strings.Cut(authority[:split], ":")
	if !ok {
		ok = isRandom(user, 20) && len(user) >= 20 && !strings.Contains(host, "sentry") && !holdsReference(user)
		return Match{Start: start, End: start + split, Class: Credential}, ok && !isSample(user)
	}
	m := Match{Start: start + len(user) + 1, End: start + split}
	if isWrittenUserinfo(user, password, host) {
		return Match{}, false
	}
	v := literal(password)
	m.Class, m.Note = v.class, v.note
	return m, m.Class != Nothing
}

// isWrittenUserinfo tells the user and password that documents write: words for
// what belongs there.
func isWrittenUserinfo(user, password, host string) bool {
	if all(password, func(c byte) bool { return isUpper(c) || c == '_' }) {
		return true // USER:PASSWORD@
	}
	isWord := func(text string, words ...string) bool {
		for _, word := range words {
			if strings.EqualFold(text, word) {
				return true
			}
		}
		return false
	}
	name, _, _ := strings.Cut(host, ":")
	return isWord(user, "user", "username", "login", "name") && isWord(password, "pass", "password", "passwd", "pwd", "secret", "pw") &&
		isWord(name, "host", "hostname", "server", "example.com", "address", "ip", "domain", "url", "proxy.example.com")
}

// dsnWords are other members of connection strings, one of which stands beside
// a password that belongs to one.
var dsnWords = []string{
	"server=", "host=", "data source=", "datasource=", "jdbc:", "user id=", "userid=", "uid=", "user=", "username=", "endpoint=",
	"dbname=", "database=", "initial catalog=", "sslmode=",
}

// scanDSN finds a password among the members of a connection string.
func scanDSN(text string, at int) (Match, bool) {
	key := at
	if text[at] == 'a' || text[at] == 'A' {
		key-- // the P of Password
	}
	if key < 1 || strings.IndexByte(";&?, \t", text[key-1]) < 0 || at > key && text[key] != 'p' && text[key] != 'P' {
		return Match{}, false
	}
	start := strings.IndexByte(text[at:], '=') + at + 1
	end := runOf(text, start, 160, func(c byte) bool { return isInk(c) && strings.IndexByte(";&\"',<", c) < 0 })
	if !strings.Contains(text[start:end], "{") {
		end = start + len(strings.TrimRight(text[start:end], "}"))
	}
	before := text[max(0, key-300):key]
	before = before[strings.LastIndexByte(before, '\n')+1:]
	after, _, _ := strings.Cut(text[end:min(len(text), end+300)], "\n")
	around := strings.ToLower(before + " " + after)
	for _, word := range dsnWords {
		if i := strings.Index(around, word); i >= 0 && (i == 0 || !isWordByte(around[i-1]) && around[i-1] != '-') {
			if isExpression(text[start:end]) {
				return Match{}, false
			}
			v := literal(text[start:end])
			return Match{Start: start, End: end, Class: v.class, Note: v.note}, v.class != Nothing
		}
	}
	return Match{}, false
}

// isExpression tells source code, as in connect(user=user, password=args.password).
func isExpression(value string) bool {
	return strings.ContainsAny(value, "()") || strings.Contains(value, ".") && all(value, isNameByte) && Names(value)
}
