package render

import (
	"fmt"
	"slices"
	"strings"
	"text/template/parse"
)

// op is one step of a compiled template.
type op struct {
	kind   opKind
	text   []byte                               // opText
	expr   *expr                                // the value written, tested or walked
	escape func([]byte, string) ([]byte, error) // opValue
	body   []op
	other  []op // else
}

type opKind uint8

const (
	opText opKind = iota
	opValue
	opIf
	opWith
	opRange
)

// scope is what the dot stands for while compiling.
type scope struct {
	shape *Shape // fields of the dot; nil: the dot is a single value
	kind  Kind   // of that single value
}

type compiler struct {
	o     Options
	tree  *parse.Tree
	place place
	nodes int
}

func (c *compiler) refuse(n parse.Node, format string, args ...any) error {
	where, _ := c.tree.ErrorContext(n)
	return fmt.Errorf("%w: %s: %s", ErrRefused, where, fmt.Sprintf(format, args...))
}

func (c *compiler) list(l *parse.ListNode, s scope, depth int) ([]op, error) {
	if l == nil {
		return nil, nil
	}
	if depth > maxDepth {
		return nil, c.refuse(l, "nested deeper than %d", maxDepth)
	}
	var ops []op
	for _, n := range l.Nodes {
		if c.nodes++; c.nodes > maxNodes {
			return nil, c.refuse(n, "more than %d steps", maxNodes)
		}
		o, err := c.node(n, s, depth)
		if err != nil {
			return nil, err
		}
		switch {
		case o == nil:
		case o.kind == opText && len(ops) > 0 && ops[len(ops)-1].kind == opText:
			last := &ops[len(ops)-1]
			last.text = append(slices.Clip(last.text), o.text...)
		default:
			ops = append(ops, *o)
		}
	}
	return ops, nil
}

// node is the table of what a template may contain.
func (c *compiler) node(n parse.Node, s scope, depth int) (*op, error) {
	switch n := n.(type) {
	case *parse.TextNode:
		return c.textNode(n)
	case *parse.ActionNode:
		return c.action(n, s)
	case *parse.IfNode:
		return c.branch(opIf, &n.BranchNode, s, depth)
	case *parse.WithNode:
		return c.branch(opWith, &n.BranchNode, s, depth)
	case *parse.RangeNode:
		return c.branch(opRange, &n.BranchNode, s, depth)
	case *parse.CommentNode:
		return nil, nil
	default:
		return nil, c.refuse(n, "%s is not part of this language", strings.TrimSpace(n.String()))
	}
}

func (c *compiler) textNode(n *parse.TextNode) (*op, error) {
	p, err := c.o.Format.after(c.place, string(n.Text))
	if err != nil {
		return nil, c.refuse(n, "%v", err)
	}
	c.place = p
	return &op{kind: opText, text: n.Text}, nil
}

func (c *compiler) action(n *parse.ActionNode, s scope) (*op, error) {
	e, err := c.pipe(n.Pipe, s, 0)
	if err != nil {
		return nil, err
	}
	if e.kind == List {
		return nil, c.refuse(n, "a list cannot be written, only ranged over")
	}
	esc := c.place.escaper()
	if esc == nil {
		return nil, c.refuse(n, "no value may stand in %s", c.place)
	}
	if e.constant() {
		text, err := esc(nil, e.value.Text())
		if err != nil {
			return nil, c.refuse(n, "%v", err)
		}
		return &op{kind: opText, text: text}, nil
	}
	return &op{kind: opValue, expr: e, escape: esc}, nil
}

// branch compiles if, with and range. All ways through one must end at the
// same kind of place, so that escaping is known before any phone asks.
func (c *compiler) branch(kind opKind, n *parse.BranchNode, s scope, depth int) (*op, error) {
	e, err := c.pipe(n.Pipe, s, 0)
	if err != nil {
		return nil, err
	}
	inner := s
	switch kind {
	case opRange:
		if e.kind != List || e.item == nil {
			return nil, c.refuse(n, "range goes over known lists only")
		}
		inner = scope{shape: e.item}
	case opWith:
		if e.kind == List {
			return nil, c.refuse(n, "with takes a single value")
		}
		inner = scope{kind: e.kind}
	}
	before := c.place
	o := &op{kind: kind, expr: e}
	if o.body, err = c.list(n.List, inner, depth+1); err != nil {
		return nil, err
	}
	after := c.place
	c.place = before
	if o.other, err = c.list(n.ElseList, s, depth+1); err != nil {
		return nil, err
	}
	if c.place != after || kind == opRange && after != before {
		return nil, c.refuse(n, "one way through this block ends in %s, another in %s", after, c.place)
	}
	return o, nil
}
