package carrier

import (
	"fmt"
	"strings"
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/secret"
)

// object reads an object; nil when the text is none.
func object(text string) *manifest.Object {
	for _, d := range manifest.Read("x.yaml", []byte(text), nil) {
		if d.Object != nil {
			return d.Object
		}
	}
	return nil
}

// found are the hits of an object, as place: name.
func found(t *testing.T, text string) []string {
	t.Helper()
	o := object(text)
	if o == nil {
		t.Fatalf("no object: %s", text)
	}
	var list []string
	for _, h := range find(o) {
		list = append(list, fmt.Sprintf("%d:%s", h.Span.File.Position(h.Span.Start).Line, h.Name))
	}
	return list
}

// command is a pod that runs a command, the first item of which is on line 6.
func command(items ...string) string {
	text := "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - command:\n"
	for _, item := range items {
		text += fmt.Sprintf("    - %q\n", item)
	}
	return text + "    name: x\n    image: x\n"
}

// TestCommands reads passwords off command lines, by what each program takes.
func TestCommands(t *testing.T) {
	const pw = "tR7wqZ4mXc9k"
	for _, test := range []struct {
		line string
		want string
	}{
		{"app --password=" + pw, "password"},
		{"app --password " + pw, "password"},
		{"app --password '" + pw + "'", "password"},
		{"app --password=\"" + pw + "\"", "password"},
		{"PASSWORD=" + pw + " app", "PASSWORD"},
		{"export API_TOKEN='" + pw + pw + "'", "API_TOKEN"},
		{"java -Ddb.password=" + pw, "db.password"},
		{"helm upgrade x --set auth.password=" + pw, "auth.password"},
		{"kubectl create secret generic x --from-literal=password=" + pw, "password"},
		{"docker run -e DB_PASSWORD=" + pw + " x", "DB_PASSWORD"},
		{"mysql -uroot -p" + pw, "password"},
		{"mysqldump -p" + pw + " db > x", "password"},
		{"mongosh -u x -p " + pw, "password"},
		{"sshpass -p " + pw + " ssh x", "password"},
		{"redis-cli -a " + pw, "password"},
		{"redis-server --requirepass " + pw, "password"},
		{"docker login -u x -p " + pw, "password"},
		{"ldapsearch -w " + pw, "password"},
		{"curl -u user:" + pw + " http://x", "password"},
		{"curl --user 'user:" + pw + "' http://x", "password"},
		{"smbclient -U user%" + pw, "password"},
		{"true && mysqladmin -p" + pw + " ping", "password"},
		{"psql -c \"CREATE USER app PASSWORD '" + pw + "'\"", "password"},
		{"curl -H \"X-Vault-Token: " + pw + pw + "\" http://x", "X-Vault-Token"},
		{"curl --header 'PRIVATE-TOKEN: " + pw + pw + "' http://x", "PRIVATE-TOKEN"},
		{"keytool -list -storepass " + pw, "password"},
		{"openssl pkcs12 -passout pass:" + pw, "password"},

		{"openssl pkcs12 -passin env:PASSWORD -passout file:/x", ""},
		{"curl -H \"X-Vault-Token: $TOKEN\" http://x", ""},
		{"curl -H 'Accept: application/json' http://x", ""},
		{"psql -c \"CREATE USER app PASSWORD '$PASSWORD'\"", ""},
		{"mysql -p -u x", ""},
		{"mysql -p$PASSWORD", ""},
		{"app --password \"$PASSWORD\"", ""},
		{"app --password=$(cat /x)", ""},
		{"app --password --verbose", ""},
		{"app --password-file /run/password", ""},
		{"docker run -p 8080:80 x", ""},
		{"mkdir -p /secrets/" + pw, ""},
		{"nc -p 8080", ""},
		{"curl -u user http://x", ""},
		{"# mysql -p" + pw, ""},
	} {
		want := ""
		if test.want != "" {
			want = "[8:" + test.want + "]"
		}
		if got := strings.Trim(fmt.Sprint(found(t, command("sh", "-c", test.line))), " "); got != want && (want != "" || got != "[]") {
			t.Errorf("%s: %s, want %s", test.line, got, want)
		}
	}
	if got := fmt.Sprint(found(t, command("app", "--db-password", pw, "--api-token="+pw+"Lm"))); got != "[8:db-password 9:api-token]" {
		t.Errorf("items of a list: %s", got)
	}
}

// TestFields reads credentials in fields of their own kind.
func TestFields(t *testing.T) {
	const pw = "tR7wqZ4mXc9k"
	for text, want := range map[string]string{
		"apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - name: x\n    livenessProbe:\n      httpGet:\n        path: /live?token=" + pw + pw + "&a=b\n":              "[8:token]",
		"apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - name: x\n    livenessProbe:\n      httpGet:\n        path: /live?token=$(TOKEN)\n":                         "[]",
		"apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  source:\n    plugin:\n      parameters:\n      - {name: db-password, string: " + pw + "}\n":       "[7:db-password]",
		"apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  source:\n    plugin:\n      parameters:\n      - {name: tokens, array: [" + pw + pw + "]}\n":      "[7:tokens]",
		"apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  source:\n    plugin:\n      parameters:\n      - {name: values, array: [" + pw + ", password]}\n": "[]",
		"apiVersion: v1\nkind: ConfigMap\ndata:\n  x.php: |\n    define( 'DB_PASSWORD', '" + pw + "' );\n    define('DB_PASSWORD', getenv('X'));\n":                      "[5:DB_PASSWORD]",
		"apiVersion: v1\nkind: ConfigMap\ndata:\n  x.yaml: |\n    db:\n      password: |\n        " + pw + "\n":                                                          "[7:password]",
	} {
		if got := fmt.Sprint(found(t, text)); got != want {
			t.Errorf("%s\n%s, want %s", text, got, want)
		}
	}
}

// TestRedactor hides secrets in each form in which a message may quote them.
func TestRedactor(t *testing.T) {
	const text = "apiVersion: v1\nkind: Secret\nmetadata: {name: Hq4vT9xZ-db}\nstringData:\n  password: Hq4vT9xZs2Lm\n  name: Hq4vT9xZ\ndata:\n  token: cFczbkw4dlF4NUpkMkZzNw==\n"
	o := object(text)
	r := NewRedactor(o, find(o))
	for _, quote := range []string{
		"Hq4vT9xZs2Lm", "-pHq4vT9xZs2Lm", "\"Hq4vT9xZs2Lm\"", "SHE0dlQ5eFpzMkxt", "pW3nL8vQx5Jd2Fs7", "cFczbkw4dlF4NUpkMkZzNw==", "is pW3nL8vQx5Jd2…",
		"Hq4vT9xZ-db: Hq4vT9xZs2Lm",
	} {
		got := r.Redact(quote)
		for _, secret := range []string{"Hq4vT9xZs", "SHE0dlQ5eFpz", "pW3nL8vQ", "cFczbkw4"} {
			if strings.Contains(got, secret) {
				t.Errorf("%q leaves %q", quote, got)
			}
		}
		if strings.HasPrefix(quote, o.Name) && !strings.HasPrefix(got, o.Name) {
			t.Errorf("%q hides the object's name: %q", quote, got)
		}
	}
	if got := r.Redact("Secret has 2 keys"); got != "Secret has 2 keys" {
		t.Errorf("hides what is no secret: %q", got)
	}
}

func TestRedact(t *testing.T) {
	for _, text := range []string{
		"cannot parse password: tR7wqZ4mXc9k",
		"bad value postgres://web:tR7wqZ4mXc9k@db",
		"patch [-----BEGIN RSA PRIVATE KEY----- tR7wqZ4mXc9k",
	} {
		if got := Redact(text); strings.Contains(got, "tR7wqZ4mXc9k") {
			t.Errorf("%q", got)
		}
	}
	for _, text := range []string{"no such file: secret.yaml", "the chart has no values", ""} {
		if got := Redact(text); got != text {
			t.Errorf("%q becomes %q", text, got)
		}
	}
	if got := RedactQuotes("unknown anchor 'tR7wqZ4mXc9k' referenced", "  password: *tR7wqZ4mXc9k"); strings.Contains(got, "tR7w") {
		t.Errorf("%q", got)
	}
}

// TestManyCredentials reads so many that time that grows with the square of
// their number would not end.
func TestManyCredentials(t *testing.T) {
	const count = 20_000
	var lines strings.Builder
	for i := range count {
		fmt.Fprintf(&lines, "    password%d=tR7w%05dqZ4mXc9k\n", i, i)
	}
	o := object("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata:\n  x.properties: |\n" + lines.String())
	hits := find(o)
	if len(hits) != count {
		t.Errorf("%d credentials, want %d", len(hits), count)
	}
	r := NewRedactor(o, hits)
	for range hits {
		if text := "has tR7w00007qZ4mXc9k and more"; r.Redact(text) == text {
			t.Fatal("a credential is not hidden")
		}
	}
}

// FuzzFind wants hits that lie in the file and hold what they show.
func FuzzFind(f *testing.F) {
	for _, text := range []string{
		command("sh", "-c", "curl -u a:b http://x; mysql -p'x'"),
		"apiVersion: v1\nkind: ConfigMap\ndata:\n  a: |\n    password=tR7wqZ4mXc9k\n  b: '{\"auths\":{\"x\":{\"auth\":\"YTpi\"}}}'\nbinaryData: {c: cGFzc3dvcmQ9eA==}\n",
		"apiVersion: v1\nkind: Secret\nstringData: {password: \"tR7wqZ\\u0034mXc9k\"}\ndata: {x: H4sIAAAAAAAA}\n",
		"apiVersion: v1\nkind: Config\nusers: [{user: {token: tR7wqZ4mXc9k}}]\n",
		"apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec: {values: {a: [{name: PASSWORD, value: tR7wqZ4mXc9k}]}}\n",
		"apiVersion: v1\nkind: Pod\nmetadata: {annotations: {a: '{\"name\":\"PASSWORD\",\"value\":\"x\"}'}}\n",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		o := object(text)
		if o == nil {
			return
		}
		hits := find(o)
		r := NewRedactor(o, hits)
		for _, h := range hits {
			if h.Span.File == nil || h.Span.Start < 0 || h.Span.End > len(h.Span.File.Text) || h.Span.Start > h.Span.End || h.Class == secret.Nothing {
				t.Fatalf("%+v in %q", h, text)
			}
			if len(h.text) >= 12 && h.Class == secret.Credential && strings.Contains(r.Redact("x "+h.text+" x"), h.text) {
				t.Fatalf("%q is not hidden", h.text)
			}
		}
	})
}

// TestPlaces finds a password where another field repeats it.
func TestPlaces(t *testing.T) {
	o := object("apiVersion: v1\nkind: Secret\nmetadata: {name: x}\nstringData:\n  password: Hq4vT9xZs2Lm\n")
	places := NewRedactor(o, find(o)).Places("serviceAccountName: Hq4vT9xZs2Lm # Hq4vT9xZs2Lm, not Hq4vT9x")
	if want := "[[20 32] [35 47]]"; fmt.Sprint(places) != want {
		t.Errorf("%v, want %s", places, want)
	}
}
