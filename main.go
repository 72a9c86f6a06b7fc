// Seaworthy tells whether Kubernetes manifests are fit to sail: it lints
// files, folders and standard input, offline.
package main

import (
	"context"
	"os"

	"github.com/seaworthy-lint/seaworthy/internal/cli"
)

func main() {
	os.Exit(cli.Run(context.Background(), cli.System()))
}
