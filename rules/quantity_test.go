package rules

import (
	"math/big"
	"math/rand"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/api/resource"
)

// TestQuantities compares amounts with those of the API server's own package,
// over generated text.
func TestQuantities(t *testing.T) {
	r := rand.New(rand.NewSource(1024))
	read := map[bool]int{}
	for range 200_000 {
		text := generatedQuantity(r)
		want, err := resource.ParseQuantity(strings.TrimSpace(text)) // as it decodes JSON
		got, ok := parseAmount(text)
		read[ok]++
		switch {
		case ok != (err == nil):
			t.Fatalf("%q: read is %v, the API server says %v", text, ok, err)
		case ok && got.Cmp(exact(t, want)) != 0:
			t.Fatalf("%q is %s, for the API server %s", text, got, want.AsDec())
		}
	}
	if read[true] < 50_000 || read[false] < 10_000 {
		t.Errorf("the text is too one-sided: %v", read)
	}
}

func exact(t *testing.T, q resource.Quantity) *big.Rat {
	t.Helper()
	value, ok := new(big.Rat).SetString(q.AsDec().String())
	if !ok {
		t.Fatalf("no number: %s", q.AsDec())
	}
	return value
}

var generatedSuffixes = strings.Split(",n,u,m,k,M,G,T,P,E,Ki,Mi,Gi,Ti,Pi,Ei,e3,E3,e-3,E+6,e0,e-12,e20,K,mi,MI,B,MB,e,ei,Mi1,kk,m5,+,-2, ,i", ",")

func generatedQuantity(r *rand.Rand) string {
	var b strings.Builder
	b.WriteString([]string{"", "", "", "", "-", "+", "--"}[r.Intn(7)])
	digits := func(n int) {
		for range n {
			b.WriteByte("0001234567899"[r.Intn(13)])
		}
	}
	digits(1 + r.Intn(1+r.Intn(24)))
	if r.Intn(3) == 0 {
		b.WriteByte('.')
		digits(r.Intn(14))
	}
	b.WriteString(generatedSuffixes[r.Intn(len(generatedSuffixes))])
	return b.String()
}

// TestQuantityLimits: text that no one means, and that would cost much to
// compute, is refused.
func TestQuantityLimits(t *testing.T) {
	for _, text := range []string{"", "Mi", ".", "1e2147483647", "1e-2147483648", strings.Repeat("9", 1000)} {
		if got, ok := parseAmount(text); ok {
			t.Errorf("%.20q is %v", text, got)
		}
	}
	if got, ok := parseAmount(" 1Gi "); !ok || got.Cmp(big.NewRat(1<<30, 1)) != 0 || got.number != "1" || got.suffix != "Gi" {
		t.Errorf("1Gi is %v", got)
	}
}
