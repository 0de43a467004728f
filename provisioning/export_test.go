package provisioning

// HoldRendering takes one place of those that render at once; the func gives it back.
func HoldRendering(p *Provisioning) func() {
	p.rendering.Add(1)
	return func() { p.rendering.Add(-1) }
}

// ForgetRenderings gives a func that takes what is in the cache now out of it,
// each time it is called.
func ForgetRenderings(p *Provisioning) func() {
	var full []int
	for i := range p.cache.slots {
		if p.cache.slots[i].Load() != nil {
			full = append(full, i)
		}
	}
	return func() {
		for _, i := range full {
			if old := p.cache.slots[i].Swap(nil); old != nil {
				p.cache.bytes.Add(-int64(len(old.body)))
			}
		}
	}
}
