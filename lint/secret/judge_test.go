package secret

import (
	"strings"
	"testing"
)

func TestNames(t *testing.T) {
	for _, name := range []string{
		"password", "DB_PASSWORD", "adminPassword2", "mysqlrootpassword", "spring.datasource.password", "PGPASSWORD", "db-passwd", "SMTP_PWD",
		"DB_PASS", "passphrase", "clientSecret", "client-secret", "SECRET_KEY_BASE", "authtoken", "GITHUB_PAT", "apikey", "X-API-Key",
		"AWS_SECRET_ACCESS_KEY", "example.org/token", "TOKEN_GITHUB", "PASSWORD_PROD", "connectionString", "Authorization", "cookieSecret",
		"encryption_key", "WALLET_MNEMONIC", "secretKey",
	} {
		if !Names(name) {
			t.Errorf("%s names no credential", name)
		}
	}
	for _, name := range []string{
		"", "-", "replicas", "PASSWORD_FILE", "tokenTTL", "passwordPolicy", "existingSecret", "secretName", "maxTokens", "tokenizer", "bypass",
		"passthrough", "author", "publicKey", "partitionKey", "cacheKey", "enablePassword", "tokenUrl", "passwordKey", "automountServiceAccountToken",
		"tokenreview", "secretref", "passwordfile", "checksum/secret", "credentialsMode", "secretary", "keyboard", "tokenAudiences", "passed",
	} {
		if Names(name) {
			t.Errorf("%s names a credential", name)
		}
	}
}

func TestJudgeReasons(t *testing.T) {
	tests := []struct {
		name, value string
		class       Class
		reason      Reason
	}{
		{"replicas", "3", Nothing, OtherName},
		{"password", " ", Nothing, Empty},
		{"password", "true", Nothing, Flag},
		{"token", "5m", Nothing, Number},
		{"password", "<password>", Nothing, Gap},
		{"password", "$(PW)", Nothing, Reference},
		{"password", "ENC[AES256_GCM,data:x,iv:x,tag:x,type:str]", Nothing, Ciphertext},
		{"password", "/run/secrets/pw", Nothing, Location},
		{"imagePullSecret", "regcred", Nothing, Identifier},
		{"token", "sha256:abcd", Nothing, Digest},
		{"signingKey", "-----BEGIN PUBLIC KEY-----\nx", Nothing, Public},
		{"password", "Set the password of the user here.", Nothing, Prose},
		{"secret", "a: b\nc: d", Nothing, Document},
		{"password", "changeme", Default, WellKnown},
		{"apiKey", "k3Jm9Qp2Lx7Rt5Vw8Za1", Credential, Generated},
		{"password", "Kiesel9", Credential, Literal},
		{"password", `"Kiesel9"`, Credential, Literal},
		{"password", "${PW:-Kiesel9}", Credential, Literal},
	}
	for _, tt := range tests {
		v := Judge(tt.name, tt.value)
		if v.Class != tt.class || v.Reason != tt.reason {
			t.Errorf("%s: %q is %d by %d, want %d by %d", tt.name, tt.value, v.Class, v.Reason, tt.class, tt.reason)
		}
		if (v.Class == Nothing) != (v.Format == nil) {
			t.Errorf("%s: %q: class %d with format %v", tt.name, tt.value, v.Class, v.Format)
		}
	}
}

func TestEncryptedAndRefers(t *testing.T) {
	tests := []struct {
		value              string
		encrypted, referes bool
	}{
		{"ENC[AES256_GCM,data:eA==,iv:eA==,tag:eA==,type:str]", true, false},
		{"vault:v1:8SDd3WHDOjf7mq69CyCqYjBXAiQQAVZRkFM13ok481zoCmHnSeDX9vyf7w==", true, true},
		{"vault:secret/data/db#password", false, true},
		{"$ANSIBLE_VAULT;1.1;AES256", true, false},
		{"AgB" + strings.Repeat("xYz1", 90), true, false},
		{"AgB" + strings.Repeat("xYz1", 9), false, false},
		{"${PW}", false, true},
		{"$(PW)", false, true},
		{"{{ .Values.pw }}", false, true},
		{"prefix-${PW}", false, true},
		{"${PW:-Kiesel9}", false, false},
		{"ref+vault://x#/y", false, true},
		{"<path:kv/data/x#y>", false, true},
		{"Kiesel9", false, false},
		{"", false, false},
		{"$ecret123", false, false},
	}
	for _, tt := range tests {
		if got := Encrypted(tt.value); got != tt.encrypted {
			t.Errorf("Encrypted(%q) = %v", tt.value, got)
		}
		if got := Refers(tt.value); got != tt.referes {
			t.Errorf("Refers(%q) = %v", tt.value, got)
		}
	}
	if !Encrypted("\x00GITCRYPT\x00\x01\x02") || Encrypted("GITCRYPT") {
		t.Error("the header of git-crypt is not told")
	}
}

func FuzzJudge(f *testing.F) {
	for _, seed := range [][2]string{
		{"password", "hunter2"}, {"token", "${A:-b}"}, {"", ""}, {"Authorization", "Basic x"}, {"salt", "\xff"}, {"mnemonic", "a b c"},
		{"a/b/token", "'"}, {"secretKey", "${a:${b}}"}, {"PASSWORD", "{"}, {"pässword", "ü"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, name, value string) {
		v := Judge(name, value)
		if (v.Class == Nothing) != (v.Format == nil) {
			t.Fatalf("class %d with format %v", v.Class, v.Format)
		}
		if v.Class != Nothing && !Names(name) {
			t.Fatalf("%q is judged and names nothing", name)
		}
		for _, m := range Inspect(name, value) {
			if m.Start < 0 || m.End > len(value) || m.Start >= m.End {
				t.Fatalf("match %+v in %d bytes", m, len(value))
			}
		}
	})
}

func BenchmarkJudge(b *testing.B) {
	pairs := [][2]string{
		{"DB_PASSWORD", "hunter2"}, {"LOG_LEVEL", "info"}, {"tlsSecretName", "shop-tls"}, {"API_TOKEN", "k3Jm9Qp2Lx7Rt5Vw8Za1"},
		{"image", "registry.example.com/shop/web:1"}, {"password", "$(DB_PASSWORD)"},
	}
	i := 0
	for b.Loop() {
		pair := pairs[i%len(pairs)]
		Judge(pair[0], pair[1])
		i++
	}
}
