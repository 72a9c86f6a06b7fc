package main

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/seaworthy-lint/seaworthy/internal/cli"
)

// TestSameBytes runs twenty times over the same repository: with another
// number of jobs, made in another order, in another place, locale and time
// zone. What it writes must not tell.
func TestSameBytes(t *testing.T) {
	zones := []string{"UTC", "Asia/Seoul", "America/St_Johns", "Pacific/Kiritimati"}
	locales := []string{"C", "tr_TR.UTF-8", "de_DE.ISO-8859-1", "ja_JP.UTF-8", "POSIX"}
	repositories := make([]string, 3)
	for i := range repositories {
		repositories[i] = copyTree(t, "examples", uint64(i))
	}
	for _, format := range []string{"text", "json", "jsonl", "sarif"} {
		t.Run(format, func(t *testing.T) {
			var first []byte
			for run := range 20 {
				t.Setenv("TZ", zones[run%len(zones)])
				t.Setenv("LC_ALL", locales[run%len(locales)])
				var stdout, stderr bytes.Buffer
				zone := time.FixedZone("there", 3600*(run-10))
				cli.Run(context.Background(), cli.Environment{
					Args: []string{"seaworthy", "--profile", "all", "--fail-on", "never", "--notes", "-v", "--coverage", "full", "-j", fmt.Sprint(1 + run%7), "-f", format, "."},
					Dir:  repositories[run%len(repositories)], Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr,
					Getenv: os.Getenv, Now: func() time.Time { return time.Date(2026, 1, 1+run/3, run, 0, 0, 0, zone) },
				})
				if stdout.Len() == 0 {
					t.Fatalf("nothing was written: %s", stderr.String())
				}
				if first == nil {
					first = stdout.Bytes()
				}
				if !bytes.Equal(first, stdout.Bytes()) {
					t.Fatalf("run %d writes other bytes", run)
				}
			}
		})
	}
}

// copyTree copies a folder, its files made in an order of their own.
func copyTree(t *testing.T, from string, seed uint64) string {
	t.Helper()
	to := t.TempDir()
	var files []string
	err := filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	rand.New(rand.NewPCG(seed, 1)).Shuffle(len(files), func(i, j int) { files[i], files[j] = files[j], files[i] })
	for _, path := range files {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(to, strings.TrimPrefix(path, from)), string(content))
	}
	return to
}
