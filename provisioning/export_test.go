package provisioning

// HoldRendering takes one place of those that render at once; the func gives it back.
func HoldRendering(p *Provisioning) func() {
	p.rendering.Add(1)
	return func() { p.rendering.Add(-1) }
}
