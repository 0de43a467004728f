package hoteling

import "testing"

func FuzzRead(f *testing.F) {
	f.Add([]byte(`<SetHoteling xmlns="http://schema.broadsoft.com/hoteling"><guestAddress>tel:+102</guestAddress><expires>60</expires></SetHoteling>`))
	f.Add([]byte(`<SetHoteling><guestAddress/><authenticationData><response>00</response></authenticationData></SetHoteling>`))
	f.Fuzz(func(t *testing.T, body []byte) {
		w, err := read(body)
		if err == nil && (len(w.number) > 32 || w.stay < 0 || w.stay > longestFor || w.stay > 0 && w.stay < leastStay) {
			t.Errorf("%q: %+v", body, w)
		}
	})
}
