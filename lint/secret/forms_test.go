package secret

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	cryptorand "crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

const (
	lowers  = "abcdefghijklmnopqrstuvwxyz"
	uppers  = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	figures = "0123456789"
)

var alphabets = map[string]string{
	"an": lowers + uppers + figures, "al": lowers + uppers, "cap": uppers, "lo": lowers + figures, "up": uppers + figures, "d": "123456789",
	"hex": "0123456789abcdef", "HEX": "0123456789ABCDEF", "b32": uppers + "234567", "b64c": lowers + uppers + figures,
}

// expand replaces the forms %{…} in a text: %{an:20} is 20 letters and digits,
// %{crc:30} as many with GitHub's checksum, %{jwt:…} a token of that payload,
// %{pem:ec} a key, %{b64:…} base64. The same line gives the same text, but for
// keys.
func expand(t *testing.T, text string) string {
	t.Helper()
	random := rand.New(rand.NewPCG(uint64(crc32.ChecksumIEEE([]byte(text))), 7))
	var b strings.Builder
	for {
		before, after, ok := strings.Cut(text, "%{")
		b.WriteString(before)
		if !ok {
			break
		}
		end := formEnd(after)
		b.WriteString(form(t, random, after[:end]))
		text = after[end+1:]
	}
	return b.String()
}

// formEnd is where the brace closes: those of JSON inside pair.
func formEnd(text string) int {
	depth := 0
	for i := range len(text) {
		switch text[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth < 0 {
				return i
			}
		}
	}
	return len(text) - 1
}

func form(t *testing.T, random *rand.Rand, text string) string {
	t.Helper()
	if text == "" {
		return "" // it only keeps a published token in two pieces
	}
	name, argument, _ := strings.Cut(text, ":")
	switch name {
	case "crc":
		n, _ := strconv.Atoi(argument)
		body := pick(random, alphabets["an"], n)
		return body + base62(crc32.ChecksumIEEE([]byte(body)))
	case "glsa":
		key := "glsa_" + pick(random, alphabets["an"], 32)
		return key + "_" + hex.EncodeToString(binary.LittleEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(key))))
	case "ceph":
		return base64.StdEncoding.EncodeToString([]byte("\x01\x00" + pick(random, alphabets["an"], 8) + "\x10\x00" + pick(random, alphabets["an"], 16)))
	case "age":
		return ageIdentity(random)
	case "uuid":
		h := pick(random, alphabets["hex"], 30)
		return fmt.Sprintf("%s-%s-4%s-9%s-%s", h[:8], h[8:12], h[12:15], h[15:18], h[18:30])
	case "jwt":
		encode := base64.RawURLEncoding.EncodeToString
		return encode([]byte(`{"alg":"RS256","typ":"JWT"}`)) + "." + encode([]byte(argument)) + "." + pick(random, alphabets["an"], 86)
	case "b64":
		return base64.StdEncoding.EncodeToString([]byte(argument))
	case "pem", "pemjson", "pem64":
		key := privateKey(t, argument)
		switch name {
		case "pemjson":
			return strings.ReplaceAll(key, "\n", `\n`)
		case "pem64":
			return base64.StdEncoding.EncodeToString([]byte(key))
		}
		return key
	case "pgp":
		return base64.StdEncoding.EncodeToString([]byte("\x95\x01\xd8" + pick(random, alphabets["an"], 300)))
	}
	n, err := strconv.Atoi(argument)
	if err != nil || alphabets[name] == "" {
		t.Fatalf("no form %q", text)
	}
	return pick(random, alphabets[name], n)
}

// pick has each alphabet's kinds of characters in it, whatever the seed.
func pick(random *rand.Rand, alphabet string, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[random.IntN(len(alphabet))]
	}
	return string(b)
}

func base62(n uint32) string {
	digits := [6]byte{}
	for i := 5; i >= 0; i-- {
		digits[i] = base62Digits[n%62]
		n /= 62
	}
	return string(digits[:])
}

// ageIdentity tries the last six digits of the checksum one by one: bech32 is
// linear, so that each is told apart by the remainder. It computes the
// remainder as BIP 173 does.
func ageIdentity(random *rand.Rand) string {
	const digits = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"
	values := []byte{}
	for _, c := range "age-secret-key-" {
		values = append(values, byte(c)>>5)
	}
	values = append(values, 0)
	for _, c := range "age-secret-key-" {
		values = append(values, byte(c)&31)
	}
	data := make([]byte, 52)
	for i := range data {
		data[i] = byte(random.IntN(32))
	}
	sum := uint32(1)
	for _, v := range append(append(values, data...), 0, 0, 0, 0, 0, 0) {
		top := sum >> 25
		sum = (sum&0x1ffffff)<<5 ^ uint32(v)
		for i, g := range []uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3} {
			if top>>i&1 == 1 {
				sum ^= g
			}
		}
	}
	sum ^= 1
	identity := "AGE-SECRET-KEY-1"
	for _, d := range data {
		identity += string(digits[d])
	}
	for i := range 6 {
		identity += string(digits[sum>>(5*(5-i))&31])
	}
	return identity
}

func privateKey(t *testing.T, kind string) string {
	t.Helper()
	seed := [32]byte{}
	for i := range seed {
		seed[i] = byte(i*37 + 11)
	}
	edKey := ed25519.NewKeyFromSeed(seed[:])
	encode := func(kind string, headers map[string]string, der []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind + "PRIVATE KEY", Headers: headers, Bytes: der}))
	}
	must := func(der []byte, err error) []byte {
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
	switch kind {
	case "rsa":
		key, err := rsa.GenerateKey(cryptorand.Reader, 1024)
		if err != nil {
			t.Fatal(err)
		}
		return encode("RSA ", nil, x509.MarshalPKCS1PrivateKey(key))
	case "ec":
		key, err := ecdsa.GenerateKey(elliptic.P256(), cryptorand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		return encode("EC ", nil, must(x509.MarshalECPrivateKey(key)))
	case "pkcs8":
		return encode("", nil, must(x509.MarshalPKCS8PrivateKey(edKey)))
	case "encrypted":
		return encode("RSA ", map[string]string{"Proc-Type": "4,ENCRYPTED", "DEK-Info": "AES-256-CBC,0A1B2C"}, []byte(strings.Repeat("\x91\x3c\xa7", 60)))
	case "openssh":
		return encode("OPENSSH ", nil, []byte("openssh-key-v1\x00\x00\x00\x00\x04none\x00\x00\x00\x04none"+strings.Repeat("\x17\xa2\x5e", 50)))
	case "opensshenc":
		return encode("OPENSSH ", nil, []byte("openssh-key-v1\x00\x00\x00\x00\x0aaes256-ctr\x00\x00\x00\x06bcrypt"+strings.Repeat("\x17\xa2\x5e", 50)))
	}
	t.Fatalf("no key %q", kind)
	return ""
}
