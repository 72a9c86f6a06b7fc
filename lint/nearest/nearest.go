// Package nearest finds the word that a mistyped one was meant to be.
package nearest

import (
	"fmt"
	"strings"
)

// Of is the candidate that is nearest to a mistyped word, "" when none is near:
// a third of the word may be wrong. Of equally near ones it is the first.
func Of(word string, candidates []string) string {
	best, distance := "", 1+len(word)/3
	for _, candidate := range candidates {
		if d := Distance(strings.ToLower(word), strings.ToLower(candidate)); d <= distance {
			best, distance = candidate, d-1
		}
	}
	return best
}

// Hint asks " (did you mean …?)" for the candidate that is nearest to a
// mistyped word; "" when none is near.
func Hint(word string, candidates []string) string {
	best := Of(word, candidates)
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" (did you mean %s?)", best)
}

// Distance is the number of characters to insert, delete or replace to turn
// one word into the other.
func Distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			diagonal, row[j] = row[j], min(row[j]+1, row[j-1]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
