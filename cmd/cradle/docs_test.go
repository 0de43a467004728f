package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cradle/directory"
)

// TestLimitsAreDocumented: docs/limits.md has each limit with its default, range
// and meaning, as the table in the directory has it, and no other.
func TestLimitsAreDocumented(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "limits.md"))
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for _, l := range directory.Limits() {
		rows++
		row := fmt.Sprintf("| `%s` | %d | %d to %d | %s |", l.Name, l.Default, l.Least, l.Most, l.Meaning)
		if !strings.Contains(string(page), row+"\n") {
			t.Errorf("docs/limits.md lacks the row\n%s", row)
		}
	}
	if n := strings.Count(string(page), "\n| `"); n != rows {
		t.Errorf("docs/limits.md has %d rows for %d limits", n, rows)
	}
}

// TestDocsSecurityNamesEveryLimit: an administrator finds on docs/security.md what each
// limit is for.
func TestDocsSecurityNamesEveryLimit(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "security.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range directory.Limits() {
		if !strings.Contains(string(page), "`"+l.Name+"`") {
			t.Errorf("docs/security.md does not name %s", l.Name)
		}
	}
}

// TestDocumentsPointSomewhere: every relative link of the documents leads to a file.
func TestDocumentsPointSomewhere(t *testing.T) {
	root := filepath.Join("..", "..")
	pages, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"} {
		pages = append(pages, filepath.Join(root, name))
	}
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Error(err)
			continue
		}
		for _, part := range strings.Split(string(text), "](")[1:] {
			link, _, _ := strings.Cut(part, ")")
			link, _, _ = strings.Cut(link, "#")
			if strings.Contains(link, "://") || link == "" {
				continue
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), link)); err != nil {
				t.Errorf("%s: the link %s leads nowhere", page, link)
			}
		}
	}
}
