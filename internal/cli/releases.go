package cli

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"github.com/seaworthy-lint/seaworthy/lint/config"
	"github.com/seaworthy-lint/seaworthy/lint/render"
)

func helmFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringSliceFlag{Name: "helm-values", Usage: "render charts with the values of `FILE`; may be repeated, later ones win"},
		&cli.StringSliceFlag{Name: "helm-set", Usage: "render charts with `KEY=VALUE`, as helm --set does"},
		&cli.StringFlag{Name: "release-name", Usage: "render charts as release `NAME`"},
		&cli.StringFlag{Name: "namespace", Usage: "render charts for namespace `NAME`"},
	}
}

// setReleases says with which values charts are rendered: their own, then
// those of the flags, then those of each release in the configuration, or, of
// a chart that it says nothing of, of each that the tree declares.
func (r *run) setReleases(o *options, c *cli.Context) error {
	base := render.Release{Name: c.String("release-name"), Namespace: c.String("namespace"), Set: c.StringSlice("helm-set")}
	for _, path := range c.StringSlice("helm-values") {
		abs := inDir(r.env.Dir, path)
		if _, err := os.Stat(abs); err != nil {
			return fmt.Errorf("reading values %s: %w", path, fileCause(err))
		}
		base.ValuesFiles = append(base.ValuesFiles, abs)
	}
	if o.check.Version.Named {
		base.KubeVersion = "v" + o.check.Version.String() + ".0"
	}
	o.load.Release = base
	o.load.Releases = func(path string) []render.Release {
		var releases []render.Release
		for _, release := range o.config.Releases(path) {
			releases = append(releases, with(base, release))
		}
		return releases
	}
	return nil
}

// with is a release of the configuration on top of what the flags say.
func with(base render.Release, release config.Release) render.Release {
	base.ValuesFiles = append(base.ValuesFiles[:len(base.ValuesFiles):len(base.ValuesFiles)], release.Values...)
	base.Set = append(base.Set[:len(base.Set):len(base.Set)], release.Set...)
	base.APIVersions = release.APIVersions
	for to, from := range map[*string]string{&base.Name: release.Name, &base.Namespace: release.Namespace, &base.KubeVersion: release.KubeVersion} {
		if from != "" {
			*to = from
		}
	}
	return base
}

// inDir is the path below dir, unless it is absolute.
func inDir(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}
