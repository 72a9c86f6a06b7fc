package render

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// writeChart writes the files of a chart, with a Chart.yaml if there is none.
func writeChart(t testing.TB, dir string, files map[string]string) string {
	t.Helper()
	if _, ok := files["Chart.yaml"]; !ok {
		files["Chart.yaml"] = "apiVersion: v2\nname: made\nversion: 0.1.0\n"
	}
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// archive packs entries; a size without a content is that many zeros.
type entry struct {
	name, text, link string
	zeros            int64
}

func archive(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	zipped := gzip.NewWriter(&b)
	w := tar.NewWriter(zipped)
	for _, e := range entries {
		header := &tar.Header{Name: e.name, Mode: 0o644, Size: int64(len(e.text)) + e.zeros, Typeflag: tar.TypeReg}
		if e.link != "" {
			header.Typeflag, header.Linkname, header.Size = tar.TypeSymlink, e.link, 0
		}
		if err := w.WriteHeader(header); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(e.text)); err != nil {
			t.Fatal(err)
		}
		for left := e.zeros; left > 0; {
			n := min(left, int64(len(zeros)))
			if _, err := w.Write(zeros[:n]); err != nil {
				t.Fatal(err)
			}
			left -= n
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := zipped.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var zeros = make([]byte, 1<<20)

// bounds of what a hostile chart may take.
const (
	hostileMemory = 1 << 30
)

// renderHostile renders within bounds and returns the reasons in the coverage.
func renderHostile(t *testing.T, path, root string) []string {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	result := Chart(path, Release{}, options(root))
	took := time.Since(start)
	runtime.ReadMemStats(&after)
	if made := after.Sys - before.Sys; after.Sys > before.Sys && made > hostileMemory {
		t.Errorf("it took %d MiB", made>>20)
	}
	t.Logf("%v, %d MiB allocated", took.Round(time.Millisecond), (after.TotalAlloc-before.TotalAlloc)>>20)
	var reasons []string
	for _, d := range result.Documents {
		if d.Status == manifest.TemplateNotRendered {
			reasons = append(reasons, d.Reason)
		}
		if d.File == nil {
			t.Errorf("no file: %s", d.Reason)
		}
	}
	return reasons
}

func TestHostileTemplates(t *testing.T) {
	if testing.Short() {
		t.Skip("takes ten seconds")
	}
	doubling := `{{- $s := repeat 100 "x" }}{{ range until 60 }}{{ $s = print $s $s }}{{ end }}`
	tests := map[string]struct{ template, want string }{
		"until":          {`{{ range until 1000000000 }}x{{ end }}`, "refused"},
		"range number":   {`{{ range 9000000000000000000 }}{{ end }}`, "refused"},
		"nested ranges":  {`{{ range until 10000 }}{{ range until 10000 }}{{ range until 10000 }}{{ end }}{{ end }}{{ end }}`, "refused"},
		"untilStep":      {`{{ range untilStep -4000000000000000000 4000000000000000000 1 }}x{{ end }}`, "refused"},
		"seq":            {`{{ seq 1 2000000000 }}`, "refused"},
		"repeat":         {`{{ repeat 2000000000 "xxxx" }}`, "refused"},
		"indent":         {`{{ indent 2000000000 "x" }}`, "refused"},
		"printf":         {`{{ printf (repeat 1000 "%999999d") 1 2 3 }}`, "refused"},
		"replace":        {`{{ $a := repeat 100000 "a" }}{{ $a | replace "a" $a }}`, "refused"},
		"regexReplace":   {`{{ $a := repeat 100000 "a" }}{{ regexReplaceAll "a" $a $a }}`, "refused"},
		"join":           {`{{ join (repeat 1000000 "x") (until 1000000) }}`, "refused"},
		"doubling text":  {doubling, "refused"},
		"doubling list":  {`{{ $l := list 1 2 3 }}{{ range until 60 }}{{ $l = concat $l $l }}{{ end }}`, "refused"},
		"doubling value": {`{{ $d := dict "a" 1 }}{{ range until 60 }}{{ $d = dict "a" $d "b" $d }}{{ end }}{{ toYaml $d }}`, "refused"},
		"printed value":  {`{{ $d := dict "a" 1 }}{{ range until 60 }}{{ $d = dict "a" $d "b" $d }}{{ end }}{{ $d }}`, "refused"},
		"compared value": {`{{ $d := dict }}{{ $_ := set $d "d" $d }}{{ if deepEqual $d $d }}x{{ end }}`, "refused"},
		"value in self":  {`{{ $d := dict }}{{ $_ := set $d "d" $d }}{{ $d }}`, "refused"},
		"yaml of self":   {`{{ $d := dict }}{{ $_ := set $d "d" $d }}{{ toYaml $d }}`, "refused"},
		"copy of self":   {`{{ $d := dict }}{{ $_ := set $d "d" $d }}{{ deepCopy $d }}`, "refused"},
		"printf of self": {`{{ $d := dict }}{{ $_ := set $d "d" $d }}{{ printf "%v" $d }}`, "refused"},
		"include":        {`{{ define "a" }}{{ include "a" . }}{{ end }}{{ include "a" . }}`, "refused"},
		"include by two": {`{{ define "a" }}{{ include "b" . }}{{ include "b" . }}{{ end }}{{ define "b" }}{{ if lt (len .) 40 }}{{ include "a" (append . 1) }}{{ end }}{{ end }}{{ include "a" list }}`, "refused"},
		"template":       {`{{ define "a" }}{{ template "a" . }}{{ end }}{{ template "a" . }}`, ""},
		"tpl":            {`{{ $t := "{{ tpl .t . }}" }}{{ tpl $t (dict "t" $t "Template" .Template) }}`, "refused"},
		"parentheses":    {`{{ ` + strings.Repeat("(", 200_000) + `1` + strings.Repeat(")", 200_000) + ` }}`, ""},
		"branches":       {strings.Repeat(`{{if 1}}`, 200_000) + strings.Repeat(`{{end}}`, 200_000), ""},
		"keys":           {`{{ range until 40 }}{{ $_ := genPrivateKey "rsa" }}{{ end }}`, "refused"},
		"passwords":      {`{{ range until 1000 }}{{ $_ := derivePassword 1 "long" "p" "u" "s" }}{{ end }}`, "refused"},
		"glob":           {`{{ .Files.Glob (repeat 200 "{a,b}") }}`, "refused"},
		"uniq":           {`{{ uniq (until 1000000) }}`, "refused"},
		"toml":           {`{{ fromToml (print "a = " (repeat 1000000 "[")) }}`, "refused"},
		"toml in bounds": {`{{ fromToml (print "a = " (repeat 200000 "[")) }}`, ""},
		"json":           {`{{ fromJson (repeat 10000000 "[") }}`, ""},
		"yaml":           {`{{ fromYaml (repeat 1000000 "[") }}`, ""},
		"method":         {`{{ $d := dict "a" 1 }}{{ range until 60 }}{{ $d = dict "a" $d "b" $d }}{{ end }}{{ $_ := set .Values "d" $d }}{{ .Values.YAML }}`, "refused"},
		"own tick":       {`{{ range until 1000000 }}{{ seaworthyTick }}{{ end }}`, "refused"},
		"gigabytes":      {`{{ range until 1000000 }}` + strings.Repeat("0123456789", 1000) + `{{ end }}`, "refused"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			dir := writeChart(t, t.TempDir(), map[string]string{"templates/a.yaml": test.template})
			reasons := renderHostile(t, dir, dir)
			if test.want != "" && len(reasons) == 0 || !strings.Contains(strings.Join(reasons, "\n"), test.want) {
				t.Errorf("reasons: %.300q", reasons)
			}
		})
	}
}

func TestHostileFiles(t *testing.T) {
	chartYAML := entry{name: "made/Chart.yaml", text: "apiVersion: v2\nname: made\nversion: 0.1.0\n"}
	deep := archive(t, chartYAML)
	for range 2 * maxChartDepth {
		deep = archive(t, chartYAML, entry{name: "made/charts/made.tgz", text: string(deep)})
	}
	tests := map[string]struct {
		content []byte
		want    string
	}{
		"large file":     {archive(t, chartYAML, entry{name: "made/a", zeros: 8 << 20}), "larger than"},
		"many files":     {archive(t, append([]entry{chartYAML}, many(30, 4<<20)...)...), "unpacks to more than"},
		"bomb":           {archive(t, chartYAML, entry{name: "made/a", zeros: 400 << 20}), "unpacks to more than"},
		"parent":         {archive(t, chartYAML, entry{name: "made/../../etc/a", text: "x"}), "parent directory"},
		"absolute":       {archive(t, chartYAML, entry{name: "made//etc/a", text: "x"}), "absolute"},
		"charts in each": {deep, "more than 32 deep"},
		"no archive":     {[]byte("apiVersion: v2"), "not a gzipped archive"},
		"cut":            {archive(t, chartYAML)[:60], "damaged"},
		"empty":          {archive(t), "no files"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			path := filepath.Join(root, "made.tgz")
			if err := os.WriteFile(path, test.content, 0o644); err != nil {
				t.Fatal(err)
			}
			if reasons := renderHostile(t, path, root); len(reasons) != 1 || !strings.Contains(reasons[0], test.want) {
				t.Errorf("reasons: %q", reasons)
			}
			dir := writeChart(t, filepath.Join(root, "parent"), map[string]string{"charts/made.tgz": string(test.content)})
			if reasons := renderHostile(t, dir, root); len(reasons) != 1 || !strings.Contains(reasons[0], test.want) && !strings.Contains(reasons[0], "larger than") {
				t.Errorf("as a dependency: %q", reasons)
			}
		})
	}
}

func many(n int, size int64) []entry {
	var entries []entry
	for i := range n {
		entries = append(entries, entry{name: "made/" + strings.Repeat("a", i+1), zeros: size})
	}
	return entries
}

// TestLinks holds that nothing outside of the root is read.
func TestLinks(t *testing.T) {
	base := t.TempDir()
	secret := filepath.Join(base, "secret.yaml")
	if err := os.WriteFile(secret, []byte("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: leaked}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	root := filepath.Join(base, "repository")
	for name, link := range map[string]struct{ at, to string }{
		"file":       {"templates/a.yaml", secret},
		"directory":  {"templates/more", base},
		"relative":   {"templates/a.yaml", "../../../secret.yaml"},
		"itself":     {"templates/a.yaml", "a.yaml"},
		"values":     {"values.yaml", secret},
		"helmignore": {".helmignore", secret},
	} {
		t.Run(name, func(t *testing.T) {
			dir := writeChart(t, filepath.Join(root, name), map[string]string{"templates/b.yaml": "apiVersion: v1\nkind: ConfigMap\n"})
			if err := os.Symlink(link.to, filepath.Join(dir, filepath.FromSlash(link.at))); err != nil {
				t.Skip(err)
			}
			result := Chart(dir, Release{}, options(root))
			for _, d := range result.Documents {
				if d.Object != nil && d.Object.Name == "leaked" {
					t.Error("a file outside of the root was read")
				}
			}
			if name != "helmignore" && result.Documents[0].Status != manifest.TemplateNotRendered {
				t.Errorf("%s: %s", result.Documents[0].Status, result.Documents[0].Reason)
			}
		})
	}
	dir := writeChart(t, filepath.Join(root, "inside"), map[string]string{"templates/b.yaml": ""})
	writeChart(t, filepath.Join(root, "shared"), map[string]string{"c.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: shared}\n"})
	if err := os.Symlink("../../shared/c.yaml", filepath.Join(dir, "templates", "c.yaml")); err != nil {
		t.Skip(err)
	}
	if docs := Chart(dir, Release{}, options(root)).Documents; len(docs) != 1 || docs[0].Object == nil {
		t.Error("a link within the root is not followed")
	}
}
