package lint

// Recommendation is one recommendation of a benchmark.
type Recommendation struct {
	// Number is the benchmark's, as 1.1.1.
	Number string
	// Title says in a few words what is recommended.
	Title string
}
