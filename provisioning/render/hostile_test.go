package render_test

import (
	"errors"
	"strings"
	"syscall"
	"testing"
	"time"

	"cradle/provisioning/render"
	"cradle/provisioning/render/rendertest"
	"cradle/provisioning/settings"
)

// most is what one rendering may write and then some, in bytes.
const most = 2 << 20

// TestHostileTemplates: each is refused by name when it is loaded, or ends within
// its budget, in a second and with a megabyte at most.
func TestHostileTemplates(t *testing.T) {
	all := rendertest.Hostile()
	if len(all) < 500 {
		t.Fatalf("only %d", len(all))
	}
	values := full(settings.Shape(), 3)
	for _, h := range all {
		tpl, err := render.Compile(render.Options{Name: "hostile.tmpl", Source: h.Source, Format: render.Format(h.Format), Shape: settings.Shape(), Facts: []string{"known"}, NoSecrets: h.Bootstrap})
		if err != nil {
			if !errors.Is(err, render.ErrRefused) {
				t.Errorf("%s: %v is no refusal", h.Name, err)
			}
			continue
		}
		if !h.Bounded {
			t.Errorf("%s was taken: %q", h.Name, h.Source)
			continue
		}
		began := worked(t)
		out, err := tpl.Execute(nil, values, render.Facts{"x"})
		if took := worked(t) - began; took > 5*time.Second || len(out) > most {
			t.Errorf("%s: %v, %d bytes", h.Name, took, len(out))
		}
		if err != nil && !errors.Is(err, render.ErrBudget) && !errors.Is(err, render.ErrValue) {
			t.Errorf("%s: %v", h.Name, err)
		}
	}
}

// full sets every value there is, lists with a hundred items.
func full(shape *render.Shape, depth int) render.Values {
	v := shape.New()
	for i, f := range shape.Fields() {
		switch f.Kind {
		case render.String:
			v[i] = render.S("x")
		case render.Int:
			v[i] = render.I(7)
		case render.Bool:
			v[i] = render.B(true)
		case render.List:
			if depth > 1 {
				one := full(f.Item, depth-1)
				items := make([]render.Values, 100)
				for k := range items {
					items[k] = one
				}
				v[i] = render.L(items)
			} else {
				v[i] = render.L(nil)
			}
		}
	}
	return v
}

// worked is the processor's time that this process has used: what others do on
// the machine does not count.
func worked(t *testing.T) time.Duration {
	t.Helper()
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		t.Fatal(err)
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}

// Long texts cost what they are long: neither does taking in many of them grow
// with the square, nor can a function be kept busy with one beyond the budget.
func TestLongTextsCostTheirLength(t *testing.T) {
	long := strings.Repeat("x", 60_000)
	for name, source := range map[string]string{
		"constants": strings.Repeat(`# {{replace "`+strings.Repeat("a", 200)+`" "a" "`+strings.Repeat("b", 300)+"\"}}\n", 450),
		"replace":   "{{range .lines}}" + strings.Repeat(`{{if eq (replace "`+long+`" $.phone.mac "") "y"}}{{end}}`, 3) + strings.Repeat(`{{range $.lines}}{{if eq (replace "`+long[:10_000]+`" $.phone.mac "") "y"}}{{end}}{{end}}`, 4) + "{{end}}",
		"cut":       "{{range .lines}}{{range $.lines}}" + strings.Repeat(`{{if eq (cut (choose (eq $.phone.mac "x") "`+long+`" "") 59999) "y"}}{{end}}`, 4) + "{{end}}{{end}}",
	} {
		began := worked(t)
		tpl, err := render.Compile(render.Options{Name: "hostile.tmpl", Source: source, Format: render.KeyValue, Shape: settings.Shape()})
		if err == nil {
			_, err = tpl.Execute(nil, full(settings.Shape(), 3), nil)
		}
		if took := worked(t) - began; took > time.Second || !errors.Is(err, render.ErrBudget) {
			t.Errorf("%s: %v, %v", name, took, err)
		}
	}
}
