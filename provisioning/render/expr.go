package render

import (
	"slices"
	"strconv"
	"strings"
	"text/template/parse"
)

// expr is a compiled expression.
type expr struct {
	kind  Kind // None: known only when it runs
	fn    *function
	args  []*expr
	value Value // a constant, when neither fn nor field
	from  source
	slot  int
	name  string   // for errors
	names []string // of a field or the dot: the values it is made from, with their lists
	item  *Shape   // of a list
	own   bool     // the list's items are settings by the vendor's own names
}

type source uint8

const (
	fromConstant source = iota
	fromItem            // a field of the dot
	fromRoot            // a field of $
	fromDot             // the dot itself, a single value
	fromFact            // a text of the model
)

func (c *compiler) pipe(p *parse.PipeNode, s scope, depth int) (*expr, error) {
	if len(p.Decl) > 0 {
		return nil, c.refuse(p, "variables are not part of this language")
	}
	if depth > maxDepth {
		return nil, c.refuse(p, "nested deeper than %d", maxDepth)
	}
	var last *expr
	for _, cmd := range p.Cmds {
		e, err := c.command(cmd, last, s, depth)
		if err != nil {
			return nil, err
		}
		last = e
	}
	return last, nil
}

// command compiles "name arg ..." or a single operand; piped is what stands
// before the bar and becomes the last argument.
func (c *compiler) command(cmd *parse.CommandNode, piped *expr, s scope, depth int) (*expr, error) {
	if c.nodes += len(cmd.Args); c.nodes > maxNodes {
		return nil, c.refuse(cmd, "more than %d steps", maxNodes)
	}
	id, isCall := cmd.Args[0].(*parse.IdentifierNode)
	if !isCall {
		if len(cmd.Args) > 1 || piped != nil {
			return nil, c.refuse(cmd, "%s is not a function", cmd.Args[0])
		}
		return c.operand(cmd.Args[0], s, depth)
	}
	if id.Ident == "fact" {
		return c.fact(cmd)
	}
	fn := functions[id.Ident]
	if fn == nil {
		return nil, c.refuse(cmd, "there is no function %s", id.Ident)
	}
	e := &expr{fn: fn, kind: fn.result, name: id.Ident}
	for _, a := range cmd.Args[1:] {
		arg, err := c.operand(a, s, depth)
		if err != nil {
			return nil, err
		}
		e.args = append(e.args, arg)
	}
	if piped != nil {
		e.args = append(e.args, piped)
	}
	if fault := fn.vet(e.args); fault != "" {
		return nil, c.refuse(cmd, "%s %s", id.Ident, fault)
	}
	return c.fold(e), nil
}

// fact is a text that the model or the firmware says.
func (c *compiler) fact(cmd *parse.CommandNode) (*expr, error) {
	if len(cmd.Args) == 2 {
		if name, ok := cmd.Args[1].(*parse.StringNode); ok {
			slot := slices.Index(c.o.Facts, name.Text)
			if slot < 0 {
				return nil, c.refuse(cmd, "there is no fact %q", name.Text)
			}
			return &expr{from: fromFact, slot: slot, kind: String, name: "fact " + name.Quoted, names: []string{"fact." + name.Text}}, nil
		}
	}
	return nil, c.refuse(cmd, "fact takes the name of a fact")
}

// fold works out at load what depends on no phone, within bounds. What would fail
// is left to fail when it runs, where it may never be reached.
func (c *compiler) fold(e *expr) *expr {
	for _, a := range e.args {
		if !a.constant() {
			return e
		}
	}
	r := run{clear: c.o.Clear}
	v, err := r.look(e, &frame{})
	if err != nil {
		return e
	}
	if c.made += len(v.s); c.made > maxOutput {
		return e
	}
	return &expr{value: *v, kind: v.kind, name: e.name}
}

// uses appends the names of all values an expression is made from.
func (e *expr) uses(names []string) []string {
	names = append(names, e.names...)
	for _, a := range e.args {
		names = a.uses(names)
	}
	return names
}

func (e *expr) constant() bool { return e.fn == nil && e.from == fromConstant }

func (c *compiler) operand(n parse.Node, s scope, depth int) (*expr, error) {
	switch n := n.(type) {
	case *parse.FieldNode:
		return c.field(n, s, n.Ident, fromItem)
	case *parse.VariableNode:
		if n.Ident[0] != "$" || len(n.Ident) < 2 {
			return nil, c.refuse(n, "the only variable is $ with a field, as in $.phone.mac")
		}
		return c.field(n, scope{shape: c.o.Shape}, n.Ident[1:], fromRoot)
	case *parse.DotNode:
		if s.shape != nil {
			return nil, c.refuse(n, "the dot alone is no value here")
		}
		return &expr{from: fromDot, kind: s.kind, name: ".", names: s.names}, nil
	case *parse.StringNode:
		return &expr{value: S(n.Text), kind: String, name: n.Quoted}, nil
	case *parse.BoolNode:
		return &expr{value: B(n.True), kind: Bool, name: n.String()}, nil
	case *parse.NumberNode:
		whole, err := strconv.ParseInt(n.Text, 10, 64)
		if err != nil {
			return nil, c.refuse(n, "only whole numbers, written in digits")
		}
		return &expr{value: Value{kind: Int, n: whole}, kind: Int, name: n.Text}, nil
	case *parse.PipeNode:
		return c.pipe(n, s, depth+1)
	case *parse.IdentifierNode: // a function without arguments
		return nil, c.refuse(n, "%s needs arguments: put it in parentheses", n.Ident)
	default:
		return nil, c.refuse(n, "%s is not part of this language", n)
	}
}

func (c *compiler) field(n parse.Node, s scope, path []string, from source) (*expr, error) {
	name, shape := strings.Join(path, "."), s.shape
	if shape == nil {
		return nil, c.refuse(n, "the dot has no fields here; use $.%s", name)
	}
	slot, ok := shape.slots[name]
	if !ok {
		return nil, c.refuse(n, "there is no value .%s", name)
	}
	f := shape.fields[slot]
	if f.Own && c.o.Common {
		return nil, c.refuse(n, ".%s is of one device and this file is for all of a model", name)
	}
	if f.Secret && (c.o.NoSecrets || c.o.Common) {
		return nil, c.refuse(n, ".%s is secret and this file may hold no secret", name)
	}
	return &expr{from: from, slot: slot, kind: f.Kind, item: f.Item, own: f.ByName, name: "." + name, names: []string{s.list + name}}, nil
}
