package rules

import (
	"fmt"
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
		for i, c := range shellCommands(script) {
			if i > 0 {
				got += " "
			}
			if c.piped {
				got += "|"
			}
			got += fmt.Sprintf("%q", c.words)
		}
		if got += "]"; got != want {
			t.Errorf("%q: %s, want %s", script, got, want)
		}
	}
}
