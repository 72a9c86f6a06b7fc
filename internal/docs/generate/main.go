// Generate writes the pages of the documentation that come from the code, and
// removes those of rules that are gone.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/seaworthy-lint/seaworthy/internal/docs"
)

func main() {
	if err := write("docs"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func write(dir string) error {
	pages, err := docs.Pages()
	if err != nil {
		return err
	}
	if err := os.RemoveAll(filepath.Join(dir, "rules")); err != nil {
		return fmt.Errorf("removing old pages: %w", err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "rules"), 0o755); err != nil {
		return fmt.Errorf("making the folder of pages: %w", err)
	}
	for path, content := range pages {
		if err := os.WriteFile(filepath.Join(dir, path), content, 0o644); err != nil {
			return fmt.Errorf("writing %s: %w", path, err)
		}
	}
	return nil
}
