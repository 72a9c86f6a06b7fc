// Package load finds manifests under paths and reads them into sets of
// documents, each with a status, so that nothing passes silently.
package load

import (
	"context"
	"io"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/par"
	"github.com/seaworthy-lint/seaworthy/lint/render"
)

// MaxFileSize is how many bytes of one input are read. A larger one is said
// not to have been judged.
const MaxFileSize = 64 << 20

// Options say what to find and what to read of it.
type Options struct {
	// Root is the absolute path that report paths are relative to; Dir is the
	// working directory.
	Root, Dir string
	// Excluded says of a report path why the file is not to be judged; empty
	// for one that is. A folder whose chart or kustomization is excluded is no
	// target. Nil excludes nothing.
	Excluded func(path string) string
	// ConfigName is how files are called that say how to judge: they are no
	// input.
	ConfigName string
	// Stdin is read for the path "-", under the name StdinName.
	Stdin     io.Reader
	StdinName string
	// Reads tells whether documents of an apiVersion and kind are worth
	// parsing; nil means that all are.
	Reads func(apiVersion, kind string) bool
	// Suspects tells by the text of a document that Reads leaves out whether it
	// is to be parsed all the same; nil means that none is.
	Suspects func(kind, text string) bool
	// Release is as what charts are rendered of which Releases says nothing.
	Release render.Release
	// Context reads what lies around files that were named one by one: the
	// charts and kustomizations that they are part of, and the plain manifests
	// of the repository where one of them is a plain manifest.
	Context bool
	// Releases tell with which values the chart at a report path is rendered;
	// none when what declares it in the tree is to tell that.
	Releases func(path string) []render.Release
	// Jobs is how many files are read at once; all processors when less than
	// one.
	Jobs int
	// Progress, if not nil, is told how many of how many files were read.
	Progress func(done, total int)
}

// Target is what is deployed together, with the inputs that hold it.
type Target struct {
	manifest.Target
	// Root is the absolute path of the chart or the folder of the
	// kustomization; empty for plain files.
	Root string
	// Inputs are the files to read, or, of a chart or kustomization, those that
	// are judged through it.
	Inputs []Input

	named string // the folder below which it was found
	// kustomizer builds the kustomizations found below one folder, which share
	// what it reads.
	kustomizer *render.Kustomizer
	release    render.Release
	holds      []string             // the paths of all files that it is made of, also of inputs of other targets
	entries    []*manifest.Document // what else the coverage has to say
}

// Input is one file to read, or to account for without reading it.
type Input struct {
	// Path is the absolute path; "-" is standard input.
	Path string
	// Name is the path in reports.
	Name string
	// Skipped says why the input is not to be judged; empty for one that is.
	Skipped string

	valuesOf string // the name of the chart of which it holds values
}

// Read reads the inputs of each target.
func Read(ctx context.Context, targets []Target, opts Options) ([]*manifest.Set, error) {
	var jobs []job
	for i, t := range targets {
		if t.Root != "" {
			jobs = append(jobs, job{set: i, target: &targets[i]})
		}
		for _, input := range t.Inputs {
			jobs = append(jobs, job{set: i, input: input, of: &targets[i]})
		}
	}
	var progress func(int)
	if opts.Progress != nil {
		progress = func(done int) { opts.Progress(done, len(jobs)) }
	}
	r := &reader{opts: opts}
	documents, err := par.Map(ctx, opts.Jobs, jobs, progress, r.read)
	if err != nil {
		return nil, err
	}
	sets := make([]*manifest.Set, len(targets))
	for i, t := range targets {
		sets[i] = &manifest.Set{Target: t.Target, Documents: t.entries}
	}
	judged := judgedThrough(jobs, documents)
	for i, docs := range documents {
		account(jobs[i], docs, judged)
		set := sets[jobs[i].set]
		set.Documents = append(set.Documents, docs...)
	}
	return sets, nil
}

// job is a thing to read: a target to render, or an input.
type job struct {
	set    int
	target *Target
	input  Input
	of     *Target // the target of the input
}

// judgedThrough finds for each file that targets are rendered from one target
// of those that could be rendered. Several overlays may use a base, and each
// may fail by itself.
func judgedThrough(jobs []job, documents [][]*manifest.Document) map[string]*Target {
	judged := map[string]*Target{}
	for i, j := range jobs {
		if j.target == nil || couldNotRender(documents[i]) {
			continue
		}
		for _, path := range j.target.holds {
			if judged[path] == nil {
				judged[path] = j.target
			}
		}
	}
	return judged
}

// couldNotRender tells whether a target gave nothing but reasons why not.
func couldNotRender(documents []*manifest.Document) bool {
	for _, d := range documents {
		if !d.Status.Unjudged() {
			return false
		}
	}
	return len(documents) > 0
}

// account says of the documents of an input through which target they are
// judged, or that they are not.
func account(j job, docs []*manifest.Document, judged map[string]*Target) {
	for _, d := range docs {
		if d.Status != manifest.Rendered {
			continue
		}
		if t := judged[j.input.Path]; t != nil {
			d.Reason = "judged through the " + t.Type + " " + t.Path
			continue
		}
		d.Status = manifest.TemplateNotRendered
		d.Reason = "part of the " + j.of.Type + " " + j.of.Path + ", which could not be rendered"
	}
}
