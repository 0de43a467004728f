package render

import (
	"bytes"
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
	digits int  // opDigest
	// fits judges what an item of such a range wrote; nil: it fits.
	fits func([]byte) error
}

type opKind uint8

const (
	opText opKind = iota
	opValue
	opIf
	opWith
	opRange
	opDigest
	opBreak // the line break that ends a template taken in
)

// scope is what the dot stands for while compiling.
type scope struct {
	shape *Shape   // fields of the dot; nil: the dot is a single value
	kind  Kind     // of that single value
	list  string   // the list whose items the dot is, with a dot at its end
	names []string // what a single value was made from
	own   bool     // the items are settings by the vendor's own names
}

type compiler struct {
	o     Options
	tree  *parse.Tree
	place place
	nodes int
	bytes int      // of all sources
	made  int      // bytes of the texts that were worked out here
	in    []string // the templates that are being taken in, outermost first
}

// source parses one template and compiles it where the compiler stands.
func (c *compiler) source(name, text string, s scope, depth int) ([]op, error) {
	if c.bytes += len(text); c.bytes > maxSource {
		return nil, fmt.Errorf("%w: %s is longer than %d bytes", ErrRefused, name, maxSource)
	}
	trees, err := parse.Parse(name, text, "", "", parserFuncs)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	tree := trees[name]
	if len(trees) > 1 || (tree == nil && len(trees) > 0) {
		return nil, fmt.Errorf("%w: %s defines another template", ErrRefused, name)
	}
	if tree == nil || tree.Root == nil {
		return nil, nil
	}
	outer := c.tree
	c.tree, c.in = tree, append(c.in, name)
	ops, err := c.list(tree.Root, s, depth)
	c.tree, c.in = outer, c.in[:len(c.in)-1]
	return ops, err
}

// include takes in another template with the same dot, as if it stood here; but
// its last line break and one that follows are one, or blank lines came of it.
func (c *compiler) include(n *parse.TemplateNode, s scope, depth int) ([]op, error) {
	if n.Pipe != nil && n.Pipe.String() != "." {
		return nil, c.refuse(n, "a template is taken in with the dot alone")
	}
	if c.o.Include == nil {
		return nil, c.refuse(n, "there is no template to take in")
	}
	if slices.Contains(c.in, n.Name) || len(c.in) > maxDepth {
		return nil, c.refuse(n, "%s takes in itself", n.Name)
	}
	text, err := c.o.Include(n.Name)
	if err != nil {
		return nil, c.refuse(n, "%v", err)
	}
	ops, err := c.source(n.Name, text, s, depth)
	if last := len(ops) - 1; last >= 0 && ops[last].kind == opText && bytes.HasSuffix(ops[last].text, lineBreak) {
		ops[last].text = bytes.TrimSuffix(ops[last].text, lineBreak)
		ops = append(ops, op{kind: opBreak})
	}
	return ops, err
}

var lineBreak = []byte("\n")

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
		more, err := c.node(n, s, depth)
		if err != nil {
			return nil, err
		}
		ops = joined(ops, more)
	}
	return ops, nil
}

// joined appends operations; texts that follow each other become one.
func joined(ops, more []op) []op {
	for _, o := range more {
		if o.kind != opText || len(ops) == 0 || ops[len(ops)-1].kind != opText {
			ops = append(ops, o)
			continue
		}
		last := &ops[len(ops)-1]
		last.text = append(last.text, o.text...) // each text is its operation's own
	}
	return ops
}

// node is the table of what a template may contain.
func (c *compiler) node(n parse.Node, s scope, depth int) ([]op, error) {
	switch n := n.(type) {
	case *parse.TemplateNode:
		return c.include(n, s, depth)
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

func (c *compiler) textNode(n *parse.TextNode) ([]op, error) {
	p, err := c.o.Format.after(c.place, string(n.Text))
	if err != nil {
		return nil, c.refuse(n, "%v", err)
	}
	c.place = p
	return []op{{kind: opText, text: n.Text}}, nil
}

func (c *compiler) action(n *parse.ActionNode, s scope) ([]op, error) {
	esc := c.place.escaper()
	if esc == nil {
		return nil, c.refuse(n, "no value may stand in %s", c.place)
	}
	if s.own {
		esc = c.place.exactly(esc)
	}
	if c.place == placeStart {
		c.place = placeWords
	}
	if digits, err := c.digest(n); digits > 0 || err != nil {
		return []op{{kind: opDigest, digits: digits}}, err
	}
	e, err := c.pipe(n.Pipe, s, 0)
	if err != nil {
		return nil, err
	}
	if e.kind == List {
		return nil, c.refuse(n, "a list cannot be written, only ranged over")
	}
	if e.constant() && e.kind == String {
		text, err := esc(nil, e.value.Text())
		if err != nil {
			return nil, c.refuse(n, "%v", err)
		}
		return []op{{kind: opText, text: text}}, nil
	}
	return []op{{kind: opValue, expr: e, escape: esc}}, nil
}

// digest recognises {{digest n}}, which stands alone: it is worked out from the
// finished file.
func (c *compiler) digest(n *parse.ActionNode) (digits int, err error) {
	if len(n.Pipe.Cmds) != 1 || len(n.Pipe.Decl) > 0 {
		return 0, nil
	}
	args := n.Pipe.Cmds[0].Args
	if id, ok := args[0].(*parse.IdentifierNode); !ok || id.Ident != "digest" {
		return 0, nil
	}
	if len(args) == 2 {
		if k, ok := args[1].(*parse.NumberNode); ok && k.IsInt && k.Int64 >= 1 && k.Int64 <= maxDigest {
			return int(k.Int64), nil
		}
	}
	return 0, c.refuse(n, "digest takes a number of digits, 1 to %d", maxDigest)
}

// branch compiles if, with and range. All ways through one must end at the
// same kind of place, so that escaping is known before any phone asks.
func (c *compiler) branch(kind opKind, n *parse.BranchNode, s scope, depth int) ([]op, error) {
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
		inner = scope{shape: e.item, list: e.names[0] + ".", own: e.own}
	case opWith:
		if e.kind == List {
			return nil, c.refuse(n, "with takes a single value")
		}
		inner = scope{kind: e.kind, names: e.uses(nil)}
	}
	before := c.place
	o := op{kind: kind, expr: e}
	if kind == opRange && e.own {
		o.fits = c.fits()
	}
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
	return []op{o}, nil
}
