package rules

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// cronField is what a field of a schedule may hold.
type cronField struct {
	lowest, highest int
	names           []string // of lowest and those that follow
}

// cronFields are the five fields that the CronJob controller reads (the
// standard parser of robfig/cron).
var cronFields = []cronField{
	{0, 59, nil},
	{0, 23, nil},
	{1, 31, nil},
	{1, 12, []string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}},
	{0, 6, []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}},
}

var cronWords = []string{"@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"}

// isCronSchedule tells whether the API server takes a schedule. It refuses one
// with a time zone, which has a field of its own.
func isCronSchedule(text string) bool {
	if every, ok := strings.CutPrefix(text, "@every "); ok {
		_, err := time.ParseDuration(every)
		return err == nil
	}
	if slices.Contains(cronWords, text) {
		return true
	}
	fields := strings.Fields(text)
	if len(fields) != len(cronFields) {
		return false
	}
	for i, field := range fields {
		for _, part := range strings.Split(field, ",") {
			if !cronFields[i].takes(part) {
				return false
			}
		}
	}
	return true
}

// takes tells whether a part of a field is *, a number or name, or a range,
// each with or without a step.
func (f cronField) takes(part string) bool {
	span, step, stepped := strings.Cut(part, "/")
	if n, err := strconv.Atoi(step); stepped && (err != nil || n < 1) {
		return false
	}
	if span == "*" || span == "?" {
		return true
	}
	from, to, isRange := strings.Cut(span, "-")
	first, ok := f.number(from)
	if !ok || !isRange {
		return ok
	}
	last, ok := f.number(to)
	return ok && first <= last
}

func (f cronField) number(text string) (n int, ok bool) {
	if i := slices.Index(f.names, strings.ToLower(text)); i >= 0 {
		return f.lowest + i, true
	}
	n, err := strconv.Atoi(text)
	return n, err == nil && f.lowest <= n && n <= f.highest
}
