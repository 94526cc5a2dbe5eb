// The other side of tools/diff_yaml.py: reads cases, one JSON object a line ({"note", "yaml"}), asks
// the library with which Kubernetes reads manifests, and writes each case back with its answer:
// "json" (the documents, one after the other) or "fail" with "why".
//
// Documents are divided as kubectl does it: a line that begins with "---" ends one, and only a
// comment may follow on it.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	goyaml "go.yaml.in/yaml/v2"
	"sigs.k8s.io/yaml"
)

type testCase struct {
	Note string  `json:"note"`
	YAML string  `json:"yaml"`
	JSON *string `json:"json,omitempty"`
	Fail bool    `json:"fail,omitempty"`
	Same bool    `json:"repeats,omitempty"`
	Why  string  `json:"why,omitempty"`
}

func split(text string) ([]string, error) {
	var docs []string
	var one strings.Builder
	for _, line := range strings.SplitAfter(text, "\n") {
		if rest, marked := strings.CutPrefix(line, "---"); marked {
			rest = strings.TrimSpace(rest)
			if rest != "" && rest[0] != '#' {
				return nil, fmt.Errorf("text behind ---: %s", rest)
			}
			docs = append(docs, one.String())
			one.Reset()
		}
		one.WriteString(line)
	}
	return append(docs, one.String()), nil
}

func answer(c *testCase) {
	docs, err := split(c.YAML)
	all := ""
	for _, doc := range docs {
		if err != nil {
			break
		}
		var one []byte
		one, err = convert(doc)
		if s := string(one); s != "null" {
			all += s + "\n"
		}
		if err != nil {
			break
		}
		c.Same = c.Same || repeats(doc, string(one))
	}
	if err != nil {
		c.Fail = true
		c.Why = err.Error()
		return
	}
	c.JSON = &all
}

// repeats tells whether a key is there twice: as such, or as two keys (1 and "1") that become one
// string, of which Go's maps take one at random.
func repeats(doc, first string) bool {
	if _, err := yaml.YAMLToJSONStrict([]byte(doc)); err != nil {
		return true
	}
	for range 8 {
		if again, _ := convert(doc); string(again) != first {
			return true
		}
	}
	return false
}

// convert keeps a panic of the library from ending the run.
func convert(doc string) (out []byte, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	d := goyaml.NewDecoder(strings.NewReader(doc))
	var first, second any
	if err = d.Decode(&first); err == nil && d.Decode(&second) != io.EOF {
		return nil, fmt.Errorf("something follows the document; Kubernetes drops it")
	}
	return yaml.YAMLToJSON([]byte(doc))
}

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<28)
	out := json.NewEncoder(os.Stdout)
	for in.Scan() {
		var c testCase
		if err := json.Unmarshal(in.Bytes(), &c); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		answer(&c)
		if err := out.Encode(c); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}
