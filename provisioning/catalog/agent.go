package catalog

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
)

// Match gives the groups of a User-Agent, nil where it is not of this form. Low
// is the same in lower case: by it most forms are told apart without their pattern.
func (a *Agent) Match(text, low string) []string {
	if !strings.Contains(low, a.literal) {
		return nil
	}
	return a.Pattern.FindStringSubmatch(text)
}

// ParseAgents reads patterns of User-Agents (RE2).
func ParseAgents(list ...string) ([]Agent, error) { return agents(list) }

// Literal is the longest text that every match holds, in lower case; empty:
// nothing is known.
func (a *Agent) Literal() string { return a.literal }

func agents(list []string) ([]Agent, error) {
	var out []Agent
	for i, s := range list {
		re, err := regexp.Compile(s)
		if err != nil {
			return nil, fmt.Errorf("user_agents[%d]: %w", i, err)
		}
		for _, group := range re.SubexpNames() {
			if group != "" && group != "model" && group != "version" && group != "mac" {
				return nil, fmt.Errorf("user_agents[%d]: group %q is none of model, version, mac", i, group)
			}
		}
		out = append(out, Agent{Pattern: re, literal: literalOf(s), Model: re.SubexpIndex("model"), Version: re.SubexpIndex("version"), MAC: re.SubexpIndex("mac")})
	}
	return out, nil
}

// literalOf is the longest text that every match of a pattern holds, in lower case.
func literalOf(pattern string) string {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return ""
	}
	return required(re.Simplify())
}

func required(re *syntax.Regexp) (longest string) {
	switch re.Op {
	case syntax.OpLiteral:
		for _, r := range re.Rune {
			if r > 0x7f {
				return "" // its letter case is no simple matter
			}
		}
		return strings.ToLower(string(re.Rune))
	case syntax.OpCapture, syntax.OpPlus:
		return required(re.Sub[0])
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			if text := required(sub); len(text) > len(longest) {
				longest = text
			}
		}
	}
	return longest
}
