package formatters

import (
	"strings"
	"testing"
)

// A token is hidden by its format wherever it stands: in the finding's own
// span, under a name that says nothing, and in messages.
func TestFormatsAreHidden(t *testing.T) {
	token := "glpat-" + "k3Jm9Qp2Lx7Rt5Vw8Za1"
	for _, source := range []string{`args: [«"` + token + `"»]`, "«note»: " + token, "- «x=" + token + "»"} {
		if got := newExcerpt(marked(t, source), false, false); strings.Contains(got.Text, token) {
			t.Errorf("%s is shown as %q", source, got.Text)
		}
	}
	for text, want := range map[string]string{
		"the image takes " + token + " as it is":          "the image takes ••• as it is",
		"https://a:b@c.example and https://d:e@f.example": "https://•••@c.example and https://•••@f.example",
		"nothing to hide":                    "nothing to hide",
		"":                                   "",
		"Server=a;User Id=b;Password=Kie9l;": "Server=a;User Id=b;Password=•••;",
	} {
		if got := withoutCredentials(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}
