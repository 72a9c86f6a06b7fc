package secret

import (
	"slices"
	"strings"
	"sync"
)

// defaultWords are the words of default passwords. A value of such words alone,
// with digits and marks at its end and letters written as digits, is one:
// changeme, Passw0rd!, postgres123, my-secret-pw.
var defaultWords = []string{
	"a", "abc", "access", "adm", "admin", "administrator", "airflow", "any", "api", "app", "argo", "argocd", "auth", "backend", "bar", "baz",
	"bitnami", "cassandra", "change", "client", "clickhouse", "cluster", "consul", "couchbase", "couchdb", "database", "db", "default", "demo",
	"dev", "developer", "dragon", "drupal", "elastic", "elasticsearch", "etcd", "foo", "football", "frontend", "ghost", "gitea", "gitlab", "grafana", "guest",
	"harbor", "hello", "here", "horse", "influx", "influxdb", "initial", "insecure", "is", "it", "jenkins", "joomla", "k8s", "kafka", "key", "keycloak",
	"kibana", "kubernetes", "ldap", "letmein", "local", "login", "magento", "manager", "mariadb", "master", "me", "minio", "mongo", "mongodb", "monitor",
	"monkey", "mssql", "my", "mysql", "neo4j", "nextcloud", "nexus", "not", "now", "odoo", "openldap", "oracle", "pass", "passw", "passwd",
	"password", "pg", "please", "postgres", "postgresql", "private", "prod", "prom", "operator", "prometheus", "public", "pw", "pwd", "qwerty",
	"rabbit", "rabbitmq", "read", "redis", "repl", "replica", "replication", "root", "rw", "safe", "sa", "secret", "secrets", "server", "service",
	"define", "registry", "simple", "so", "some", "sonar", "sonarqube", "sql", "staging", "strong", "super", "superset", "supersecret", "superuser", "svc", "system", "temp",
	"temporary", "test", "tester", "testing", "that", "the", "this", "token", "tomcat", "toor", "unsafe", "user", "username", "vagrant", "vault",
	"very", "weak", "web", "welcome", "wordpress", "world", "write", "zabbix", "zookeeper", "then", "to", "in", "production", "must", "be", "changed",
	"should", "you", "ed", "at", "no", "for", "on", "dont", "use", "iloveyou", "sunshine", "princess", "sekret", "sekrit", "account", "string",
	"random", "jwt", "session", "cookie", "mypass", "basic", "kong", "traefik", "rancher", "portainer", "superadmin", "spring", "node",
}

var wordsByLetter = sync.OnceValue(func() *[256][]string {
	var words [256][]string
	for _, word := range defaultWords {
		words[word[0]] = append(words[word[0]], word)
	}
	return &words
})

// documentedKeys are keys that documentation or charts publish, and that work:
// kubeadm's token, the keys of EncryptionConfiguration, Harbor's and Grafana's.
var documentedKeys = []string{
	"not-a-secure-key", "SW2YcwTIb9zpOOhoPsMm",
	"abcdef.0123456789abcdef", "c2VjcmV0IGlzIHNlY3VyZQ==", "c2VjcmV0IGlzIHNlY3VyZSwgb3IgaXMgaXQ/Cg==",
}

// isWellKnown tells default passwords. Under a name of tokens and secrets words
// with hyphens are names of objects: my-secret.
func isWellKnown(kind nameKind, value string) bool {
	if slices.Contains(documentedKeys, value) {
		return true
	}
	if kind == mnemonicName || kind == saltName || len(value) > 48 || strings.ContainsAny(value, " \t/:") {
		return false
	}
	lower := strings.ToLower(value)
	if kind == passwordName {
		return isSequence(lower) || isOfDefaultWords(lower)
	}
	if !isOfDefaultWords(lower) {
		return false
	}
	bare := letters(lower)
	isChange := strings.HasPrefix(bare, "change") || strings.HasSuffix(bare, "changeme")
	if kind == holderName || strings.ContainsAny(value, "-._") && isObjectShape(value) {
		return isChange
	}
	return isChange || value == "root" && kind == tokenName || value == "minioadmin" || value == "prom-operator" ||
		strings.Contains(bare, "secret") && len(bare) > len("secrets") || strings.Contains(bare, "password") && len(bare) > len("password") ||
		len(value) >= 6 && strings.ContainsAny(value, "0123456789") && all(value, isAlnum)
}

// letters reads the digits and marks of a value as the letters that they
// resemble.
func letters(value string) string {
	return strings.Map(func(r rune) rune {
		if i := strings.IndexRune("01345@$!", r); i >= 0 {
			return rune("oieasasi"[i])
		}
		return r
	}, value)
}

// isSequence tells 1234, 1234567890, 111111 and qwerty.
func isSequence(value string) bool {
	if len(value) < 3 || len(value) > 16 {
		return false
	}
	for i := 1; i < len(value); i++ {
		step := int(value[i]) - int(value[i-1])
		if !isDigit(value[i]) || step != 0 && step != 1 && step != -9 {
			return strings.HasPrefix("qwertyuiop", value)
		}
	}
	return isDigit(value[0])
}

// isOfDefaultWords tells whether a value in small letters has default words
// alone, as it stands or with its digits read as letters.
func isOfDefaultWords(value string) bool {
	value = strings.Trim(value, "!@#$%^&*.?_-+= ")
	stem := strings.TrimRight(value, "0123456789!@#$%^&*.?_-+=")
	if tail := len(value) - len(stem); tail > 8 || tail > 4 && len(stem) < 3 {
		stem = value
	}
	var tried []string
	for _, reading := range []string{stem, value, letters(stem), letters(value), letters(strings.ReplaceAll(stem, "1", "l"))} {
		if slices.Contains(tried, reading) {
			continue
		}
		if isAllWords(reading) {
			return true
		}
		tried = append(tried, reading)
	}
	return false
}

// isAllWords tells whether a text is a row of default words, with hyphens and
// the like between them.
func isAllWords(text string) bool {
	if len(text) < 2 || len(text) > 48 {
		return false
	}
	reachable := make([]bool, len(text)+1)
	reachable[0] = true
	for i := range len(text) {
		if !reachable[i] {
			continue
		}
		if strings.IndexByte("-_.", text[i]) >= 0 {
			reachable[i+1] = true
		}
		for _, word := range wordsByLetter()[text[i]] {
			if strings.HasPrefix(text[i:], word) {
				reachable[i+len(word)] = true
			}
		}
	}
	return reachable[len(text)]
}
