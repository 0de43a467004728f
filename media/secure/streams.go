package secure

// streams are the sources of one direction. The last one is kept at hand, because most parties have one.
type streams struct {
	all  map[uint32]*stream
	last *stream
	ssrc uint32 // of last
}

// stream is which numbers of a source were used: the newest, and the 64 up to it as bits, the newest lowest.
type stream struct {
	newest uint16
	used   uint64 // 0 = no packet yet
}

func (s *streams) find(ssrc uint32) *stream {
	if s.last == nil || s.ssrc != ssrc {
		if found := s.all[ssrc]; found != nil {
			s.last, s.ssrc = found, ssrc
			return found
		}
		return nil
	}
	return s.last
}

// room says whether a source is known or may become so.
func (s *streams) room(ssrc uint32) bool { return s.find(ssrc) != nil || len(s.all) < sources }

// note makes a source known.
func (s *streams) note(ssrc uint32) *stream {
	if known := s.find(ssrc); known != nil {
		return known
	}
	if s.all == nil {
		s.all = map[uint32]*stream{}
	}
	s.last, s.ssrc = &stream{}, ssrc
	s.all[ssrc] = s.last
	return s.last
}

// fresh takes a packet's number; false: it was there before, is too late to tell, or the source is one too many.
func (s *streams) fresh(ssrc uint32, seq uint16) bool {
	if !s.room(ssrc) {
		return false
	}
	t := s.note(ssrc)
	step := int16(seq - t.newest)
	switch {
	case t.used == 0:
		t.newest, t.used = seq, 1
	case step > 0:
		t.newest, t.used = seq, t.used<<uint(step)|1 // a shift by 64 or more leaves nothing
	case step <= -64 || t.used&(1<<uint(-step)) != 0:
		return false
	default:
		t.used |= 1 << uint(-step)
	}
	return true
}
