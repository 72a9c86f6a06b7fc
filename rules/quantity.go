package rules

import (
	"math"
	"math/big"
	"strconv"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// amount is the exact value of a quantity, and how it was written.
type amount struct {
	*big.Rat
	number, suffix string
}

// quantityForm is the syntax of the package k8s.io/apimachinery/pkg/api/resource,
// which would cost more start-up than it is worth here. A test holds this file
// against it.
var quantityForm = lazyRegexp(`^([+-]?)([0-9]*)(?:\.([0-9]*))?([eEinumkKMGTP]*[+-]?[0-9]*)$`)

// Quantities that are longer or larger would only keep a computer busy.
const (
	maxQuantityText     = 64
	maxQuantityExponent = 64
)

// parseAmount reads a quantity. Text without a digit is refused, though the
// API server takes some of it for zero.
func parseAmount(text string) (amount, bool) {
	text = strings.TrimSpace(text)
	if len(text) > maxQuantityText {
		return amount{}, false
	}
	m := quantityForm().FindStringSubmatch(text)
	if m == nil || m[2]+m[3] == "" {
		return amount{}, false
	}
	f, ok := quantityFactor(m[4])
	if !ok {
		return amount{}, false
	}
	digits, _ := new(big.Int).SetString(m[2]+m[3], 10)
	value := new(big.Rat).Mul(new(big.Rat).SetInt(digits), factor{10, -len(m[3])}.rat())
	value = boundAmount(value.Mul(value, f.rat()), f.base == 2)
	if m[1] == "-" {
		value.Neg(value)
	}
	return amount{Rat: value, number: strings.TrimSuffix(text, m[4]), suffix: m[4]}, true
}

// factor is a power: base to the exponent.
type factor struct {
	base     int64
	exponent int
}

var quantityFactors = map[string]factor{
	"n": {10, -9}, "u": {10, -6}, "m": {10, -3}, "": {10, 0}, "k": {10, 3}, "M": {10, 6}, "G": {10, 9}, "T": {10, 12}, "P": {10, 15}, "E": {10, 18},
	"Ki": {2, 10}, "Mi": {2, 20}, "Gi": {2, 30}, "Ti": {2, 40}, "Pi": {2, 50}, "Ei": {2, 60},
}

// quantityFactor is the factor that a suffix stands for.
func quantityFactor(suffix string) (factor, bool) {
	if f, ok := quantityFactors[suffix]; ok {
		return f, true
	}
	if suffix[0] != 'e' && suffix[0] != 'E' {
		return factor{}, false
	}
	exponent, err := strconv.Atoi(suffix[1:])
	return factor{10, exponent}, err == nil && -maxQuantityExponent <= exponent && exponent <= maxQuantityExponent
}

func (f factor) rat() *big.Rat {
	power := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(f.base), big.NewInt(int64(max(f.exponent, -f.exponent))), nil))
	if f.exponent < 0 {
		power.Inv(power)
	}
	return power
}

// boundAmount brings a value to what the API server can hold: rounded up to a
// billionth and, with a binary suffix, at most 2^63-1.
func boundAmount(value *big.Rat, binary bool) *big.Rat {
	nano := new(big.Rat).Mul(value, factor{10, 9}.rat())
	if !nano.IsInt() {
		up := new(big.Int).Div(nano.Num(), nano.Denom())
		value = new(big.Rat).Mul(new(big.Rat).SetInt(up.Add(up, big.NewInt(1))), factor{10, -9}.rat())
	}
	if most := new(big.Rat).SetInt64(math.MaxInt64); binary && value.Cmp(most) > 0 {
		return most
	}
	return value
}

// amountAt reads the quantity in a field.
func amountAt(n *manifest.Node) (amount, bool) { return parseAmount(n.Str()) }

// exceeds tells whether the amount is more than ratio times another.
func (a amount) exceeds(other amount, ratio float64) bool {
	bound := new(big.Rat).SetFloat64(ratio)
	return bound != nil && a.Cmp(bound.Mul(bound, other.Rat)) > 0
}

// below tells whether the amount is less than a bound, in whole units.
func (a amount) below(bound int64) bool { return a.Cmp(new(big.Rat).SetInt64(bound)) < 0 }

// above tells whether the amount is more than a bound, in whole units.
func (a amount) above(bound int64) bool { return a.Cmp(new(big.Rat).SetInt64(bound)) > 0 }

// unknownQuantity says that a field's quantity cannot be read, and why.
func unknownQuantity(p *lint.Pass, n *manifest.Node) {
	if n.Templated() {
		p.UnknownValue(n)
		return
	}
	p.Unknown(n, "the value is no quantity")
}
