package main

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// enums are the values of string types that take no others. Reflection does
// not know constants, so they are read from the source, where a comment
// "+enum" marks such a type.
type enums struct {
	packages map[string]map[string][]string // values by package and type
}

// of are the values of a type, none when it takes any.
func (e enums) of(t reflect.Type) ([]string, error) {
	path := t.PkgPath()
	if path == "" {
		return nil, nil
	}
	if _, read := e.packages[path]; !read {
		values, err := readEnums(path)
		if err != nil {
			return nil, err
		}
		e.packages[path] = values
	}
	return e.packages[path][t.Name()], nil
}

func readEnums(path string) (map[string][]string, error) {
	pkg, err := build.Import(path, ".", 0)
	if err != nil {
		return nil, fmt.Errorf("finding the source of %s: %w", path, err)
	}
	marked, values := map[string]bool{}, map[string][]string{}
	for _, name := range pkg.GoFiles {
		file, err := parser.ParseFile(token.NewFileSet(), pkg.Dir+"/"+name, nil, parser.ParseComments)
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", name, err)
		}
		for _, decl := range file.Decls {
			if group, ok := decl.(*ast.GenDecl); ok {
				markedTypes(group, marked)
				constants(group, values)
			}
		}
	}
	for name, list := range values {
		if !marked[name] {
			delete(values, name)
			continue
		}
		slices.Sort(list)
		values[name] = slices.Compact(list)
	}
	return values, nil
}

func markedTypes(group *ast.GenDecl, marked map[string]bool) {
	for _, spec := range group.Specs {
		if t, ok := spec.(*ast.TypeSpec); ok {
			doc := group.Doc.Text() + t.Doc.Text()
			marked[t.Name.Name] = slices.Contains(strings.Split(doc, "\n"), "+enum")
		}
	}
}

// constants adds the values of string constants by the name of their type. The
// empty string stands for a field that is not set, so it is left out.
func constants(group *ast.GenDecl, values map[string][]string) {
	for _, spec := range group.Specs {
		c, ok := spec.(*ast.ValueSpec)
		if !ok || group.Tok != token.CONST {
			continue
		}
		name, ok := c.Type.(*ast.Ident)
		if !ok {
			continue
		}
		for _, v := range c.Values {
			if literal, ok := v.(*ast.BasicLit); ok && literal.Kind == token.STRING {
				if text, err := strconv.Unquote(literal.Value); err == nil && text != "" {
					values[name.Name] = append(values[name.Name], text)
				}
			}
		}
	}
}
