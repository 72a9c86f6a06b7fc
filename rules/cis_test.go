package rules

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// cisSections are the sections of the benchmark and how many recommendations
// each has. Those of 5.6 stood in 5.7 before version 1.12, and rules refer to
// them so.
var cisSections = map[string]int{
	"1.1": 21, "1.2": 30, "1.3": 7, "1.4": 2, "2": 7, "3.1": 3, "3.2": 2, "4.1": 10, "4.2": 13, "4.3": 1,
	"5.1": 13, "5.2": 12, "5.3": 2, "5.4": 2, "5.5": 1, "5.6": 4,
}

// TestCIS wants every recommendation of the benchmark to be judged by a rule of
// the profile or to be listed as one that no file shows, and none to be both.
func TestCIS(t *testing.T) {
	judged := map[string]bool{}
	for _, r := range All() {
		for _, reference := range r.References {
			numbers, ok := strings.CutPrefix(reference, "CIS:")
			if !ok {
				continue
			}
			if !slices.Contains(r.Profiles, "cis") {
				t.Errorf("%s refers to the benchmark and is not in profile cis", r.ID)
			}
			for number := range strings.SplitSeq(numbers, ",") {
				judged[strings.Replace(number, "5.7.", "5.6.", 1)] = true
			}
		}
	}
	unseen := map[string]bool{}
	for _, r := range CISUnseen {
		if unseen[r.Number] || judged[r.Number] {
			t.Errorf("%s is listed twice, or judged", r.Number)
		}
		unseen[r.Number] = true
	}
	for section, count := range cisSections {
		for i := range count {
			if number := fmt.Sprintf("%s.%d", section, i+1); !judged[number] && !unseen[number] {
				t.Errorf("%s is neither judged nor listed", number)
			}
		}
	}
}
