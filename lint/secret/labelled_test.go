package secret

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// labelled is a line of a labelled set.
type labelled struct {
	file        string
	line        int
	want        string
	name, value string
}

func readLabelled(t *testing.T, file string) []labelled {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	var cases []labelled
	for i, line := range strings.Split(string(data), "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		cells := strings.Split(line, "\t")
		if len(cells) != 3 {
			t.Fatalf("%s:%d: %d cells", file, i+1, len(cells))
		}
		value := strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\t`, "\t", `\0`, "\x00").Replace(cells[2])
		cases = append(cases, labelled{file, i + 1, cells[0], cells[1], expand(t, value)})
	}
	return cases
}

// got is what the engine says of a case, in the words of the label.
func (c labelled) got() string {
	best := "none"
	for _, m := range Inspect(c.name, c.value) {
		got := m.Format.ID
		if m.Class == Default {
			got = "default:" + got
		} else if m.Note {
			got = "note:" + got
		}
		if got == c.want {
			return got
		}
		if best == "none" {
			best = got
		}
	}
	return best
}

// TestLabelled measures the engine: a case that is none and is reported counts
// against the precision, one that is reported as nothing or as another kind
// against the recall.
func TestLabelled(t *testing.T) {
	t.Run("regression", func(t *testing.T) { measure(t, 150, 400, 1, 1, "credentials.tsv", "lookalikes.tsv") })
	t.Run("held out later", func(t *testing.T) { measure(t, 30, 50, 1, 0.97, "heldout2.tsv") })
	t.Run("held out", func(t *testing.T) { measure(t, 45, 55, 1, 0.97, "heldout.tsv") })
}

func measure(t *testing.T, positives, negatives int, precision, recall float64, files ...string) {
	t.Helper()
	found, missed, falseAlarms, quiet := 0, 0, 0, 0
	for _, file := range files {
		for _, c := range readLabelled(t, file) {
			got := c.got()
			switch {
			case c.want == "none" && got == "none":
				quiet++
			case c.want == "none":
				falseAlarms++
			case got == c.want:
				found++
			default:
				missed++
			}
			if got != c.want {
				t.Logf("%s:%d: %s = %q: %s, want %s", c.file, c.line, c.name, c.value, got, c.want)
			}
		}
	}
	p := float64(found) / float64(max(1, found+falseAlarms))
	r := float64(found) / float64(max(1, found+missed))
	t.Logf("%d credentials, %d look-alikes: precision %.3f, recall %.3f", found+missed, quiet+falseAlarms, p, r)
	if found+missed < positives || quiet+falseAlarms < negatives {
		t.Errorf("want %d credentials and %d look-alikes at least", positives, negatives)
	}
	if p < precision || r < recall {
		t.Errorf("want precision %.2f and recall %.2f", precision, recall)
	}
}

// TestGenerated judges values that generators of passwords make, of which no
// list holds examples enough: nearly all are told, whatever their alphabet.
func TestGenerated(t *testing.T) {
	letters := lowers + uppers + figures
	marks := letters + "!@#$%^&*()-_=+[]{}<>?/,.;:"
	for _, name := range []string{"password", "apiToken", "clientSecret", "SECRET_KEY", "secret"} {
		for _, form := range []struct {
			alphabet string
			length   int
			want     float64
		}{
			{letters, 8, 0.96}, {letters, 12, 0.98}, {letters, 20, 0.995}, {letters, 32, 0.995}, {marks, 12, 0.97}, {marks, 20, 0.99},
			{lowers + figures, 20, 0.995}, {alphabets["hex"], 32, 0.995}, {letters + "+/", 44, 0.99}, {letters + "-_", 32, 0.99},
		} {
			random := rand.New(rand.NewPCG(uint64(form.length), 3))
			found, example := 0, ""
			for range 1000 {
				value := pick(random, form.alphabet, form.length)
				if Judge(name, value).Class == Credential {
					found++
				} else {
					example = value
				}
			}
			if float64(found) < 1000*form.want {
				t.Errorf("%s: %d of 1000 values of %d of %q are told, not %q", name, found, form.length, form.alphabet, example)
			}
		}
	}
}
