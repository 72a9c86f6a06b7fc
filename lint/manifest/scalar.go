package manifest

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Scalars are resolved as sigs.k8s.io/yaml does, which is what kubectl and the
// API server use: YAML 1.1 with Go's integer literals. A test holds this file
// against that library.

var words = map[string]struct {
	typ   Type
	value string
}{
	"": {Null, ""}, "~": {Null, ""}, "null": {Null, ""}, "Null": {Null, ""}, "NULL": {Null, ""},

	"y": {Bool, "true"}, "Y": {Bool, "true"}, "yes": {Bool, "true"}, "Yes": {Bool, "true"}, "YES": {Bool, "true"},
	"true": {Bool, "true"}, "True": {Bool, "true"}, "TRUE": {Bool, "true"},
	"on": {Bool, "true"}, "On": {Bool, "true"}, "ON": {Bool, "true"},

	"n": {Bool, "false"}, "N": {Bool, "false"}, "no": {Bool, "false"}, "No": {Bool, "false"}, "NO": {Bool, "false"},
	"false": {Bool, "false"}, "False": {Bool, "false"}, "FALSE": {Bool, "false"},
	"off": {Bool, "false"}, "Off": {Bool, "false"}, "OFF": {Bool, "false"},
}

var errNotFinite = errors.New("a number that is not finite has no form in JSON")

// resolvePlain gives type and JSON text of a plain scalar without a tag.
func resolvePlain(text string) (Type, string, error) {
	if w, ok := words[text]; ok {
		return w.typ, w.value, nil
	}
	switch c := text[0]; {
	case c == '.' || c == '+' || c == '-' || (c >= '0' && c <= '9'):
		return resolveNumber(text)
	}
	return String, text, nil
}

var yamlFloat = regexp.MustCompile(`^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`)

func resolveNumber(text string) (Type, string, error) {
	switch strings.TrimLeft(text, "+-") {
	case ".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN":
		if text[0] == '.' || strings.HasSuffix(strings.ToLower(text), "inf") && len(text) == 5 {
			return Float, text, errNotFinite
		}
	}
	if text[0] == '.' {
		if f, err := strconv.ParseFloat(text, 64); err == nil {
			return jsonFloat(f)
		}
		return String, text, nil
	}
	if isTimestamp(text) {
		return String, text, nil
	}
	plain := strings.ReplaceAll(text, "_", "")
	if i, err := strconv.ParseInt(plain, 0, 64); err == nil {
		return Int, strconv.FormatInt(i, 10), nil
	}
	if u, err := strconv.ParseUint(plain, 0, 64); err == nil {
		return Int, strconv.FormatUint(u, 10), nil
	}
	if yamlFloat.MatchString(plain) {
		if f, err := strconv.ParseFloat(plain, 64); err == nil {
			return jsonFloat(f)
		}
	}
	return resolveBinary(text, plain)
}

// resolveBinary reads what Go's integer syntax leaves over: a sign or an
// underscore after the 0b prefix.
func resolveBinary(text, plain string) (Type, string, error) {
	digits, negative := strings.CutPrefix(plain, "-0b")
	if !negative {
		var binary bool
		if digits, binary = strings.CutPrefix(plain, "0b"); !binary {
			return String, text, nil
		}
		if u, err := strconv.ParseUint(digits, 2, 64); err == nil {
			return Int, strconv.FormatUint(u, 10), nil
		}
	} else {
		digits = "-" + digits
	}
	if i, err := strconv.ParseInt(digits, 2, 64); err == nil {
		return Int, strconv.FormatInt(i, 10), nil
	}
	return String, text, nil
}

func jsonFloat(f float64) (Type, string, error) {
	if math.IsInf(f, 0) || math.IsNaN(f) {
		return Float, "", errNotFinite
	}
	b, err := json.Marshal(f)
	return Float, string(b), err
}

var timestampForms = []string{
	"2006-1-2T15:4:5.999999999Z07:00",
	"2006-1-2t15:4:5.999999999Z07:00",
	"2006-1-2 15:4:5.999999999",
	"2006-1-2",
}

// isTimestamp tells whether YAML 1.1 sees a time, which the API server gets as
// a string.
func isTimestamp(text string) bool {
	if len(text) < 6 || text[4] != '-' || strings.Trim(text[:4], "0123456789") != "" {
		return false
	}
	for _, form := range timestampForms {
		if _, err := time.Parse(form, text); err == nil {
			return true
		}
	}
	return false
}

// resolveTagged gives type and JSON text of a scalar with an explicit tag in
// its short form. A tag that YAML 1.1 does not define leaves a string.
func resolveTagged(tag, text string) (Type, string, error) {
	want := map[string]Type{"!!null": Null, "!!bool": Bool, "!!int": Int, "!!float": Float}
	typ, known := want[tag]
	switch {
	case tag == "!!binary":
		data, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return String, "", errors.New("!!binary value is not base64")
		}
		return String, string([]rune(string(data))), nil // JSON has no other bytes than UTF-8
	case tag == "!!timestamp":
		if !isTimestamp(text) {
			return String, "", errors.New("value is not of the type that its tag !!timestamp says")
		}
		return String, text, nil
	case !known:
		return String, text, nil
	}
	got, value, err := resolvePlain(text)
	if err != nil {
		return got, value, err
	}
	if typ == Float && got == Int {
		f, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return Float, "", err
		}
		return jsonFloat(f)
	}
	if got != typ {
		return got, "", errors.New("value is not of the type that its tag " + tag + " says")
	}
	return got, value, nil
}

// keyText is the JSON form of a map key that is no string: numbers in the
// shortest form that keeps 32 bits, as sigs.k8s.io/yaml writes them.
func keyText(typ Type, value string) (string, error) {
	switch typ {
	case Null:
		return "", errors.New("a map key must not be null")
	case Float:
		f, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return "", err
		}
		return strconv.FormatFloat(f, 'g', -1, 32), nil
	}
	return value, nil
}
