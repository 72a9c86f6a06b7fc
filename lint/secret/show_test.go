package secret

import (
	"regexp"
	"strings"
	"testing"
)

func TestShow(t *testing.T) {
	a, again, b := Show("password", "hunter2"), Show("password", "hunter2\n"), Show("password", "hunter3")
	if a != again {
		t.Errorf("the same value is shown as %v and %v", a, again)
	}
	if a.Hash == b.Hash {
		t.Errorf("another value has the same hash %s", a.Hash)
	}
	if !regexp.MustCompile(`^password, under 16 characters, hash [0-9a-f]{6}$`).MatchString(a.String()) {
		t.Errorf("shown as %q", a)
	}
	// A plain SHA-256 would let anybody look a common password up.
	if a.Hash == "f52fbd" {
		t.Error("the hash has no key")
	}
	for value, want := range map[string]string{
		"": "under 16 characters", "x": "under 16 characters", strings.Repeat("x", 16): "16 to 31 characters",
		strings.Repeat("x", 63): "32 to 63 characters", strings.Repeat("x", 64): "64 to 255 characters", strings.Repeat("x", 4000): "256 or more characters",
	} {
		if got := Show("key", value).Length; got != want {
			t.Errorf("%d characters are %q", len(value), got)
		}
	}
}
