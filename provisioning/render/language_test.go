package render

import "testing"

func TestEveryFunctionIsExplained(t *testing.T) {
	told := map[string]bool{}
	for _, f := range Functions() {
		if told[f.Name] || f.Doc == "" {
			t.Errorf("%s is told twice or without a word", f.Name)
		}
		told[f.Name] = true
		if _, there := parserFuncs[f.Name]; !there {
			t.Errorf("%s is explained but does not exist", f.Name)
		}
	}
	for name := range parserFuncs {
		if !told[name] {
			t.Errorf("%s is not explained", name)
		}
	}
}
