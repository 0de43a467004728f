package directory

import (
	"encoding/json"
	"fmt"

	"cradle/directory/kv"
)

// forgetUnchosenUDP takes the transport udp out of the devices where nobody chose
// it: an earlier apply wrote it into every device it made, where it hides what
// the site, the organization or the appliance says since.
//
// The audit tells a choice from a default. A device that was made with udp may
// have had it from the default, so it is taken out; where the file of an office
// asks for it in so many words, the next apply brings it back. A device to which
// udp was given later was given it by somebody, and keeps it: to change what an
// administrator chose would be worse than to leave a default where it is. Run
// again it finds nothing to do.
func forgetUnchosenUDP(w kv.Writer) error {
	chosen := map[ID]bool{}
	err := w.Scan(prefixAudit, "", func(it kv.Item) error {
		if it.Err != nil {
			return nil //nolint:nilerr // a damaged entry is told by check, and says nothing here
		}
		if e, _, err := parseAudit(it.Value); err == nil && e.Kind == KindDevice && e.Action == "changed" && transportIn(e.After) == "udp" && transportIn(e.Before) != "udp" {
			chosen[e.ID] = true
		}
		return nil
	})
	if err != nil {
		return err
	}
	rows := map[string][]byte{}
	prefix := recordKey(tDevice, "")
	err = w.Scan(prefix, "", func(it kv.Item) error {
		if it.Err != nil || chosen[ID(it.Key[len(prefix):])] || transportIn(it.Value) != "udp" {
			return nil //nolint:nilerr // a damaged record stays as it is, to be told
		}
		row, err := withoutTransport(it.Value)
		rows[it.Key] = row
		return err
	})
	for key, row := range rows {
		if err == nil {
			err = w.Put(key, row)
		}
	}
	return err
}

// transportIn is a device's transport in its record or in a part of it.
func transportIn(row []byte) string {
	var d struct{ SIP struct{ Transport string } }
	if json.Unmarshal(row, &d) != nil {
		return ""
	}
	return d.SIP.Transport
}

// withoutTransport leaves everything else of a record as it is.
func withoutTransport(row []byte) ([]byte, error) {
	var all, sip map[string]json.RawMessage
	if err := json.Unmarshal(row, &all); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if err := json.Unmarshal(all["SIP"], &sip); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	sip["Transport"] = json.RawMessage(`""`)
	var err error
	if all["SIP"], err = json.Marshal(sip); err != nil {
		return nil, err
	}
	return json.Marshal(all)
}
