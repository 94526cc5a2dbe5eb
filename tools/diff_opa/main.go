// The other side of tools/diff_opa.py: reads cases, one JSON object a line, asks OPA's own library
// for the answer, and writes each case back with the answer as what is wanted.
//
// A case: note, modules, query, data, input, v0, strict_error. Added: want_result (bindings), or
// want_error_code and want_error (the first message in the order of the text).
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/topdown"
	"github.com/open-policy-agent/opa/v1/util"
)

type testCase = map[string]any

func failure(c testCase, code, message string) {
	c["want_error_code"] = code
	c["want_error"] = message
}

// fail notes what kind of error it was. Errors of the compiler come in a list.
func fail(c testCase, err error) {
	var list ast.Errors
	var one *ast.Error
	var eval *topdown.Error
	switch {
	case errors.As(err, &list) && len(list) > 0:
		list.Sort()
		failure(c, list[0].Code, list[0].Message)
	case errors.As(err, &one):
		failure(c, one.Code, one.Message)
	case errors.As(err, &eval):
		failure(c, eval.Code, eval.Message)
	default:
		failure(c, "other", err.Error())
	}
}

func options(c testCase) []func(*rego.Rego) {
	version := ast.RegoV1
	if c["v0"] == true {
		version = ast.RegoV0
	}
	opts := []func(*rego.Rego){
		rego.SetRegoVersion(version),
		rego.Query(c["query"].(string)),
		rego.StrictBuiltinErrors(c["strict_error"] == true),
		rego.Strict(c["strict"] == true),
	}
	modules, _ := c["modules"].([]any)
	for i, m := range modules {
		opts = append(opts, rego.Module(fmt.Sprintf("test-%d.rego", i), m.(string)))
	}
	if data, ok := c["data"].(map[string]any); ok {
		opts = append(opts, rego.Store(inmem.NewFromObject(data)))
	}
	if input, ok := c["input"]; ok {
		opts = append(opts, rego.Input(input))
	}
	return opts
}

func answer(c testCase) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			failure(c, "panic", fmt.Sprint(p))
		}
	}()
	rows, err := rego.New(options(c)...).Eval(ctx)
	if err != nil {
		fail(c, err)
		return
	}
	want := make([]any, 0, len(rows))
	for _, r := range rows {
		want = append(want, r.Bindings)
	}
	c["want_result"] = want
}

func main() {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for {
		line, err := in.ReadBytes('\n')
		if len(line) > 1 {
			var c testCase
			if e := util.UnmarshalJSON(line, &c); e != nil {
				fmt.Fprintln(os.Stderr, e)
				os.Exit(1)
			}
			answer(c)
			text, e := json.Marshal(c)
			if e != nil {
				failure(c, "other", e.Error())
				delete(c, "want_result")
				text, _ = json.Marshal(c)
			}
			out.Write(text)
			out.WriteByte('\n')
		}
		if err != nil {
			return
		}
	}
}
