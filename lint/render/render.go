// Package render turns charts and kustomizations into objects, offline, and
// finds where each byte of them came from.
package render

import (
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// Options say what may be read and what is wanted of it.
type Options struct {
	// Root is the absolute path outside of which nothing is read.
	Root string
	// Name is how a file is called in reports, by its absolute path.
	Name func(abs string) string
	// Reads tells whether documents of an apiVersion and kind are worth
	// parsing; nil means that all are.
	Reads func(apiVersion, kind string) bool
}

// Result is what a chart or kustomization renders to.
type Result struct {
	// Documents are the rendered resources, whose nodes are relocated to the
	// files that they come from, and an entry for each thing that could not be
	// rendered.
	Documents []*manifest.Document
	// Inputs are the absolute paths of the files that went into it: they are
	// judged through it, and not by themselves.
	Inputs []string
}
