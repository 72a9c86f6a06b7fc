package rules

import (
	"fmt"
	"testing"
)

func TestShellCommands(t *testing.T) {
	for script, want := range map[string]string{
		"":                                `[]`,
		"a b":                             `[["a" "b"]]`,
		"a;b&&c|d\ne":                     `[["a"] ["b"] ["c"] ["d"] ["e"]]`,
		`a 'b; c' "d && e" f\ g`:          `[["a" "b; c" "d && e" "f g"]]`,
		"a # b; c\nd#e":                   `[["a"] ["d#e"]]`,
		"a \\\n  b":                       `[["a" "b"]]`,
		`a "$(b "c d")" e`:                `[["b" "c d"] ["a" "" "e"]]`,
		"a x-`b c` d":                     `[["b" "c"] ["a" "x-" "d"]]`,
		"(a; b) && c":                     `[["a"] ["b"] ["c"]]`,
		"case $x in y) a;; esac":          `[["case" "$x" "in" "y"] ["a"] ["esac"]]`,
		"a ''":                            `[["a" ""]]`,
		"cat <<'END' > f\nsudo x\nEND\nb": `[["cat" "<<END" ">" "f"] ["b"]]`,
		"cat <<-E\n\tsudo x\n\tE\nb":      `[["cat" "<<-E"] ["b"]]`,
		"a <<< b":                         `[["a" "<<<" "b"]]`,
		"a 'b":                            `[["a" "b"]]`,
		"a $(b":                           `[["b"] ["a" ""]]`,
		"a \\":                            `[["a" "\\"]]`,
	} {
		if got := fmt.Sprintf("%q", shellCommands(script)); got != want {
			t.Errorf("%q: %s, want %s", script, got, want)
		}
	}
}
