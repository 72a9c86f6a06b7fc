package nearest

import "testing"

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"abc", "abc", 0}, {"abc", "abd", 1},
		{"replica", "replicas", 1}, {"kitten", "sitting", 3}, {"ab", "ba", 2},
	} {
		if got := Distance(c.a, c.b); got != c.want {
			t.Errorf("Distance(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

func TestOf(t *testing.T) {
	candidates := []string{"runAsUser", "runAsGroup", "runAsNonRoot", "privileged"}
	for word, want := range map[string]string{
		"runasuser": "runAsUser", "runAsNonroot": "runAsNonRoot", "priviledged": "privileged", "zone": "", "": "",
	} {
		if got := Of(word, candidates); got != want {
			t.Errorf("Of(%q) = %q, want %q", word, got, want)
		}
	}
}
