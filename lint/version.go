package lint

import (
	"fmt"
	"strconv"
	"strings"
)

// NewestMinor is the newest Kubernetes 1.N whose facts the rules know.
const NewestMinor = 37

// Version is the Kubernetes version that manifests are judged for: 1.Minor.
type Version struct {
	Minor int
	// Patch is -1 when it was not named.
	Patch int
	// Named tells that the user named the version; else it is the newest.
	Named bool
}

// NewestVersion is the version that holds when none is named.
func NewestVersion() Version { return Version{Minor: NewestMinor, Patch: -1} }

// AtLeast tells whether the version is 1.minor or newer.
func (v Version) AtLeast(minor int) bool { return v.Minor >= minor }

func (v Version) String() string { return fmt.Sprintf("1.%d", v.Minor) }

// ParseVersion reads 1.29, v1.29 or v1.29.3.
func ParseVersion(text string) (Version, error) {
	wrong := fmt.Errorf("unknown Kubernetes version %q: use 1.N, for example 1.%d", text, NewestMinor)
	parts := strings.Split(strings.TrimPrefix(text, "v"), ".")
	if len(parts) < 2 || len(parts) > 3 || parts[0] != "1" {
		return Version{}, wrong
	}
	v := Version{Patch: -1, Named: true}
	minor, err := strconv.ParseUint(parts[1], 10, 8)
	if err != nil {
		return Version{}, wrong
	}
	v.Minor = int(minor)
	if len(parts) == 3 {
		patch, err := strconv.ParseUint(parts[2], 10, 16)
		if err != nil {
			return Version{}, wrong
		}
		v.Patch = int(patch)
	}
	return v, nil
}
