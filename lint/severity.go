package lint

import (
	"fmt"
	"strings"
)

// Severity says how bad a finding is.
type Severity uint8

// Severities, in rising order.
const (
	Low Severity = iota + 1
	Medium
	High
	Critical
)

var severityNames = map[Severity]string{Low: "low", Medium: "medium", High: "high", Critical: "critical"}

// Severities are all severities, the worst first.
func Severities() []Severity { return []Severity{Critical, High, Medium, Low} }

func (s Severity) String() string { return severityNames[s] }

// Lower is the next lower severity; low has none below it.
func (s Severity) Lower() Severity { return max(Low, s-1) }

// ParseSeverity reads a severity's name, in any case.
func ParseSeverity(name string) (Severity, error) {
	for s, n := range severityNames {
		if strings.EqualFold(n, name) {
			return s, nil
		}
	}
	return 0, fmt.Errorf("unknown severity %q: use critical, high, medium or low", name)
}
