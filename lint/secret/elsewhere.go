package secret

import (
	"slices"
	"strings"
)

// ciphertexts are what encrypted values begin with.
var ciphertexts = []string{
	"ENC[AES256_GCM,", "ENC[PKCS7,", "ENC[GPG,", "vault:v", "$ANSIBLE_VAULT;", "age-encryption.org/", "-----BEGIN AGE ENCRYPTED FILE-----",
	"-----BEGIN PGP MESSAGE-----", "YWdlLWVuY3J5cHRpb24ub3JnL", "{cipher}", "AQICAH", "ENC(", "secure:", "LS0tLS1CRUdJTiBBR0UgRU5DUllQVEVE",
	"LS0tLS1CRUdJTiBQR1AgTUVTU0FHR", "\x00GITCRYPT\x00", "AEdJVENSWVBUA", "encrypted:", "!encrypted",
}

// Encrypted tells whether a value is ciphertext: SOPS, Vault transit, Ansible
// Vault, an age or PGP message, a sealed value of a SealedSecret, AWS KMS,
// Jasypt, Spring's {cipher}, git-crypt, a JWE.
func Encrypted(value string) bool {
	value = strings.TrimSpace(value)
	for _, start := range ciphertexts {
		if strings.HasPrefix(value, start) {
			return start != "vault:v" || transit().MatchString(value)
		}
	}
	return isSealed(value) || isJWE(value)
}

// transit is ciphertext of Vault's transit engine, and no path in Vault.
var transit = shaped(`^vault:v[0-9]+:[A-Za-z0-9+/=]+$`)

// isSealed tells a value that kubeseal encrypted: the length of a session key
// of 2048 or 4096 bits comes first.
func isSealed(value string) bool {
	return len(value) >= 300 && (strings.HasPrefix(value, "AgA") || strings.HasPrefix(value, "AgB") || strings.HasPrefix(value, "AgC") || strings.HasPrefix(value, "AQA")) &&
		all(strings.TrimRight(value, "="), isBase64Byte)
}

func isJWE(value string) bool {
	if !strings.HasPrefix(value, "eyJ") || strings.Count(value, ".") != 4 {
		return false
	}
	first, _, _ := strings.Cut(value, ".")
	header, ok := jsonObject(first)
	return ok && header["enc"] != nil
}

// references are what values begin with that stand for one elsewhere.
var references = []string{
	"ref+", "<path:", "vault:", ">>vault:", "secretref:", "secretref+", "secretsmanager:", "op://", "arn:aws:secretsmanager:", "arn:aws:ssm:",
	"arn:aws-cn:secretsmanager:", "arn:aws-us-gov:secretsmanager:", "arn:aws:kms:", "awssm://", "awsssm://", "gcpsm://", "gcp-sm://",
	"azurekeyvault://", "akv://", "akvs://", "keyvault://", "keyvault:", "kv://", "vault://", "secret://", "secrets://", "sm://", "ssm://", "ssm:",
	"aws-sm:", "aws_secret:", "gopass:", "bw://", "doppler://", "infisical://", "conjur:", "k8s:secret", "kubernetes://", "file://", "file:",
	"env:", "env://", "ENV[", "env.", "os.environ/", "@Microsoft.KeyVault(", "resolve:", "sops://", "lookup(", "query(",
	"from_secret", "valueFrom", "secretKeyRef", "!vault", "!Ref", "!Sub", "!GetAtt", "!secret",
	"$__file{", "$__env{", "$__vault{", "%env(", "azurekms://", "awskms://", "gcpkms://", "hashivault://", "keychain:",
}

// referenceMarks are the brackets of references and templates; a name stands
// between them.
var referenceMarks = [][2]string{
	{"{{", "}}"}, {"$(", ")"}, {"${", "}"}, {"#{", "}"}, {"%{", "}"}, {"<%", "%>"}, {"[[", "]]"}, {"((", "))"}, {"@@", "@@"}, {"__", "__"},
	{"%(", ")s"}, {"$[", "]"}, {"@", "@"}, {"%", "%"},
}

// Refers tells whether a value refers to one elsewhere, as a whole or in a
// part: $(VAR), ${VAR}, {{ … }}, <path:…>, ref+vault://…, vault:secret/…,
// op://…, an ARN of a secret. A variable with a literal default, as
// ${PW:-hunter2}, holds its default and is no reference.
func Refers(value string) bool {
	value = strings.TrimSpace(value)
	if _, ok := defaultOf(value); ok {
		return false
	}
	for _, start := range references {
		if strings.HasPrefix(value, start) {
			return true
		}
	}
	for _, store := range []string{"secret/", "secrets/", "kv/", "kv2/"} {
		if strings.HasPrefix(value, store) && !strings.HasSuffix(value, "=") {
			return true
		}
	}
	return holdsReference(value) || isVariable(value) || strings.Contains(value, "/") && externalStore().MatchString(value) || isTerraform(value)
}

// externalStore are the names that secret stores give.
var externalStore = shaped(`(?:^|=)projects/[^/]+/secrets/|^(?:https://[^/]+\.vault\.azure\.net/|https://[^/]+/v1/secret/)`)

// holdsReference tells whether a part of a value is a reference.
func holdsReference(value string) bool {
	for _, marks := range referenceMarks {
		_, after, ok := strings.Cut(value, marks[0])
		if !ok {
			continue
		}
		inner, _, ok := strings.Cut(after, marks[1])
		single := len(marks[0]) == 1 || marks[0] == "__"
		// What stands between the marks of a password is no expression.
		expression := marks[0] == "{{" || marks[0] == "<%" || strings.Contains(inner, " ") || !strings.ContainsAny(inner, "^&*=+<>;!,%")
		if ok && inner != "" && expression && (!single || value == marks[0]+inner+marks[1] && all(inner, isNameByte)) {
			return true
		}
	}
	return false
}

// isVariable tells a value that is a shell variable, $DB_PASSWORD or
// $db_password, or a key of a Secret in Argo CD's settings, $oidc:secret.
func isVariable(value string) bool {
	name, ok := strings.CutPrefix(value, "$")
	if !ok || name == "" || isDigit(name[0]) {
		return false
	}
	if strings.ContainsAny(name, ".:-") && !isRandom(name, 12) && isPronounceable(strings.Trim(name, "0123456789")) {
		return all(name, isNameByteOrPlus)
	}
	if !all(name, isWordByte) {
		return false
	}
	return strings.ToUpper(name) == name || strings.ToLower(name) == name && (strings.Contains(name, "_") || Names(name))
}

// defaultOf is the literal default of a variable, as hunter2 in
// ${PW:-hunter2}.
func defaultOf(value string) (string, bool) {
	inner, ok := strings.CutPrefix(value, "${")
	if !ok || !strings.HasSuffix(inner, "}") || strings.Count(inner, "}") != 1 {
		return "", false
	}
	inner = strings.TrimSuffix(inner, "}")
	end := runOf(inner, 0, len(inner), func(c byte) bool { return isWordByte(c) || c == '.' })
	for _, operator := range []string{":-", ":=", "=", "-", ":"} {
		after, ok := strings.CutPrefix(inner[end:], operator)
		if !ok {
			continue
		}
		elsewhere := operator == ":" && slices.Contains(resolvers, inner[:end])
		return after, end > 0 && after != "" && !elsewhere && !strings.Contains(after, "$")
	}
	return "", false
}

// resolvers are names before the colon of ${name:…} that say where to look.
var resolvers = []string{
	"env", "file", "vault", "secret", "secrets", "ssm", "sys", "param", "aws", "gcp", "azure", "keyvault", "key", "cf", "config", "configmap",
	"sm", "base64", "script", "java", "const", "dns", "url", "self", "opt", "sops", "decrypt", "docker", "securestore", "dirContents", "strimzienv",
	"configmaps", "kafka",
}

// isTerraform tells expressions that are no strings in Terraform and its like.
func isTerraform(value string) bool {
	first, rest, ok := strings.Cut(value, ".")
	return ok && rest != "" && slices.Contains([]string{"var", "local", "module", "data", "each", "random_password", "random_string"}, first) &&
		all(rest, func(c byte) bool { return isNameByte(c) || c == '[' || c == ']' })
}
