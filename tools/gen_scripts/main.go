// Writes src/engines/match/regex_scripts.def: the scripts of Unicode as Go's regular expressions know
// them, for \p{Greek}. Developers run it when Go's Unicode moves on:
//
//	go run tools/gen_scripts/main.go >src/engines/match/regex_scripts.def
package main

import (
	"fmt"
	"sort"
	"unicode"
)

func main() {
	names := make([]string, 0, len(unicode.Scripts))
	for n := range unicode.Scripts {
		names = append(names, n)
	}
	sort.Strings(names)
	fmt.Printf("/* regex_scripts.def - the scripts of Unicode %s: SCRIPT(name, ranges), sorted by name; a range is\n", unicode.Version)
	fmt.Println(" * R(first, last). Made by tools/gen_scripts/main.go from the tables of Go; not to be edited. */")
	for _, n := range names {
		type span struct{ lo, hi rune }
		var spans []span
		add := func(lo, hi, stride rune) {
			if stride == 1 {
				spans = append(spans, span{lo, hi})
				return
			}
			for r := lo; r <= hi; r += stride {
				spans = append(spans, span{r, r})
			}
		}
		t := unicode.Scripts[n]
		for _, r := range t.R16 {
			add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
		for _, r := range t.R32 {
			add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
		fmt.Printf("SCRIPT(%s,", n)
		for i, s := range spans {
			if i%6 == 0 {
				fmt.Print("\n ")
			}
			fmt.Printf(" R(0x%X, 0x%X)", s.lo, s.hi)
		}
		fmt.Println(")")
	}
}
