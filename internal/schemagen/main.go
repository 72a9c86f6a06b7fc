// Command schemagen writes the field names and types of the built-in kinds of
// Kubernetes into the file that it is given. It reads them off the Go types of
// k8s.io/api, so that the linter itself need not link those.
//
// Each line of the file tells of one thing; blanks part its words:
//
//	kind apps/v1 Deployment apps/v1.Deployment
//	enum core/v1.PullPolicy Always|IfNotPresent|Never
//	type core/v1.Volume name=s hostPath=.HostPathVolumeSource ...
//
// A field's type is s (string), b (boolean), i (integer), n (number), q
// (quantity), x (integer or string), t (time), d (duration), y (base64), *
// (anything), the name of a type or enum, [] and the type of items, or {} and
// the type of a map's values. A type of the same package leaves that out.
package main

import (
	"fmt"
	"os"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "schemagen:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("usage: schemagen FILE")
	}
	text, err := generate()
	if err != nil {
		return err
	}
	return os.WriteFile(args[0], text, 0o644)
}
