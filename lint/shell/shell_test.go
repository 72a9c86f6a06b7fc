package shell

import (
	"fmt"
	"strings"
	"testing"
)

func TestShellCommands(t *testing.T) {
	for script, want := range map[string]string{
		"":                                `[]`,
		"a b":                             `[["a" "b"]]`,
		"a;b&&c\nd":                       `[["a"] ["b"] ["c"] ["d"]]`,
		"a|b |& c":                        `[["a"] |["b"] |["c"]]`,
		`a 'b; c' "d && e" f\ g`:          `[["a" "b; c" "d && e" "f g"]]`,
		"a # b; c\nd#e":                   `[["a"] ["d#e"]]`,
		"a \\\n  b":                       `[["a" "b"]]`,
		`a "$(b "c d")" e`:                `[["a" "$(b \"c d\")" "e"] ["b" "c d"]]`,
		"a x-`b c` d":                     `[["a" "x-$(b c)" "d"] ["b" "c"]]`,
		"(a; b) && c":                     `[["a"] ["b"] ["c"]]`,
		"case $x in y) a;; esac":          `[["a"]]`,
		"a ''":                            `[["a" ""]]`,
		"cat <<'END' > f\nsudo x\nEND\nb": `[["cat" "<<END" ">f"] ["b"]]`,
		"X=1 a > /dev/null 2>&1":          `[["X=1" "a" ">/dev/null" ">&1"]]`,
		"sh -c 'a; b'":                    `[["sh" "-c" "a; b"] ["a"] ["b"]]`,
		"eval \"a b\"":                    `[["eval" "a b"] ["a" "b"]]`,
		"if a; then b; fi":                `[["a"] ["b"]]`,
		")(":                              `[[")("]]`,
	} {
		got := "["
		for i, c := range Commands(script) {
			if i > 0 {
				got += " "
			}
			if c.Piped {
				got += "|"
			}
			got += fmt.Sprintf("%q", c.Words)
		}
		if got += "]"; got != want {
			t.Errorf("%q: %s, want %s", script, got, want)
		}
	}
}

func TestOffsets(t *testing.T) {
	const script = "set -e\nexec /bin/kube-apiserver \\\n  --a=1 '--b=2'\nsh -c 'x y'"
	commands := Commands(script)
	for _, c := range commands[:3] {
		for i, word := range c.Words {
			if rest := script[c.Offsets[i]:]; !strings.HasPrefix(strings.TrimPrefix(rest, "'"), word) {
				t.Errorf("%q is said to start at %.20q", word, rest)
			}
		}
	}
	if got := commands[3].Offsets; len(got) != 2 || got[0] != -1 {
		t.Errorf("words of a text in a text start at %v", got)
	}
}
