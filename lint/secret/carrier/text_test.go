package carrier

import (
	"slices"
	"strings"
	"testing"
)

// TestAssignments reads what files of many kinds assign, by the same eyes.
func TestAssignments(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		want []string
	}{
		"properties":        {"spring.datasource.password=a b#c\n", []string{"spring.datasource.password=a b#c"}},
		"properties, colon": {"db.password: abc\n", []string{"db.password=abc"}},
		"ini":               {"[database]\npassword = abc ; no comment\nuser=x", []string{"password=abc ; no comment", "user=x"}},
		"toml":              {"password = \"a=b\" # note\n", []string{"password=a=b", "a=b"}},
		"dotenv":            {"export DB_PASSWORD='a b'\n", []string{"DB_PASSWORD=a b"}},
		"yaml":              {"db:\n  password: abc # note\n  list:\n    - token: x\n", []string{"password=abc", "token=x"}},
		"yaml, flow":        {"db: {password: abc, user: x}\n", []string{"password=abc", "user=x"}},
		"json":              {`{"db":{"password":"a,b","user":"x"}}`, []string{"password=a,b", "user=x"}},
		"json in json":      {`{"x": "{\"password\":\"abc\",\"user\":\"x\"}"}`, []string{`x={\"password\":\"abc\",\"user\":\"x\"}`, "password=abc", "user=x"}},
		"escaped quote":     {`{"password": "a\"b"}`, []string{`password=a\"b`}},
		"xml element":       {"<a><password>abc</password></a>", []string{"password=abc"}},
		"xml attribute":     {`<user name="x" password="abc"/>`, []string{"name=x", "password=abc"}},
		"go":                {`password := "abc"`, []string{"password=abc"}},
		"ruby":              {`:password => "abc"`, []string{"password=abc"}},
		"redis":             {"requirepass abc\n", []string{"password=abc"}},
		"netrc":             {"machine h login u password abc\n", []string{"password=abc"}},
		"connection string": {"Server=h;Password=abc;User=x", []string{"Server=h;Password=abc;User=x", "Password=abc", "User=x"}},
		"sql":               {"CREATE USER x IDENTIFIED BY 'abc';\nALTER ROLE x PASSWORD 'def'", []string{"password=abc", "password=def"}},
		"option":            {"command=/bin/x --password=abc --port 1", []string{"command=/bin/x --password=abc --port 1", "password=abc"}},
		"comment":           {"# password=abc\n; password=abc\n// password: abc\n", nil},
		"comparison":        {`if password == "abc" || token != "x"`, nil},
		"url":               {"see http://x/y\n", nil},
		"key alone":         {"password:\n  value: abc\n", []string{"value=abc"}},
		"block scalar":      {"db:\n  password: |\n    abc\n  token: >-\n    def\n", []string{"password=abc", "token=def"}},
		"block of lines":    {"password: |\n  abc\n  def\nuser: |\npassword: >\nhost: h\n", []string{"host=h"}},
		"CRLF":              {"password=abc\r\nuser=x\r\n", []string{"password=abc", "user=x"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, p := range assignments(test.text) {
				got = append(got, p.name+"="+test.text[p.start:p.end])
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

// TestLiterals finds credentials in files, and leaves expressions alone.
func TestLiterals(t *testing.T) {
	const pw = "tR7wqZ4mXc9k"
	for text, want := range map[string]string{
		`[{"name": "DB_PASSWORD", "value": "` + pw + `"}]`:                         "DB_PASSWORD",
		"env:\n- name: DB_PASSWORD\n  value: " + pw + "\n":                         "DB_PASSWORD",
		"<name>fs.secret.password</name>\n<value>" + pw + "</value>\n":             "fs.secret.password",
		"#!/bin/sh\nPASSWORD='" + pw + "'\n":                                       "PASSWORD",
		"#!/bin/sh\nPASSWORD=" + pw + "\n":                                         "PASSWORD",
		"#!/usr/bin/python\nconnect(password=get(x), token=os.environ['TOKEN'])\n": "",
		"password = load_password()\n":                                             "",
		"password=$PASSWORD\n":                                                     "",
		"password: {{ .Values.password }}\n":                                       "",
		"name: DB_PASSWORD\nvalueFrom: x\nvalue: " + pw + "\n":                     "",
	} {
		got := ""
		for _, p := range literals(text, assignments(text), isProgram("x", text)) {
			got += p.name
		}
		if got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
	if got := passwordLines("db:5432:*:web:" + pw + "\n# note\n"); len(got) != 1 || got[0].end-got[0].start != len(pw) {
		t.Errorf(".pgpass: %v", got)
	}
}

// FuzzAssignments wants parts that lie in the text, in order, each on a line.
func FuzzAssignments(f *testing.F) {
	for _, text := range []string{"a=b", `{"a":"b"}`, "<a>b</a>", "requirepass x", "a: 'b\nc", `\"a\":\"b\"`, "a=\\\"", "machine password ", "\x00=\xff"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, p := range assignments(text) {
			if p.start < 0 || p.end < p.start || p.end > len(text) || strings.Contains(text[p.start:p.end], "\n") || p.name == "" {
				t.Fatalf("%q has %+v", text, p)
			}
		}
		Redact(text)
	})
}
