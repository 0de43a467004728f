package office

import (
	"fmt"
	"sort"

	"cradle/directory"
)

func (d *Document) checkDevices() error {
	byMAC, byPhoneID, byUser := d.names(), d.names(), d.names()
	for i, v := range d.Devices {
		path := fmt.Sprintf("devices[%d]", i)
		mac, err := directory.ParseMAC(v.MAC)
		if err != nil {
			return d.fault(path+".mac", err, "%q is not a MAC of 12 hexadecimal digits", v.MAC)
		}
		if err := byMAC.once(path+".mac", "MAC "+v.MAC, string(mac)); err != nil {
			return err
		}
		if v.PhoneID != nil {
			if err := byPhoneID.once(path+".phone_id", "Phone ID "+*v.PhoneID, *v.PhoneID); err != nil {
				return err
			}
		}
		if err := d.checkDevice(path, &v, byUser); err != nil {
			return err
		}
	}
	return nil
}

func (d *Document) checkDevice(path string, v *Device, byUser *names) error {
	if v.Line != nil && v.Lines != nil && (len(*v.Lines) == 0 || (*v.Lines)[0] != *v.Line) {
		return d.fault(path+".lines", nil, "its first one is not line %q", *v.Line)
	}
	if v.Lines != nil && len(*v.Lines) == 0 {
		return d.fault(path+".lines", nil, "a phone has one line or more")
	}
	if v.Accounts != nil && v.Lines != nil && len(*v.Accounts) > len(*v.Lines) {
		return d.fault(path+".accounts", nil, "there are more of them than lines")
	}
	if err := d.oneOf(path+".step", v.Step, "seen", "lobby", "approved", "token", "certificate"); err != nil {
		return err
	}
	if v.Accounts != nil {
		for j, a := range *v.Accounts {
			if err := byUser.once(fmt.Sprintf("%s.accounts[%d].user", path, j), "account "+a.User, a.User); err != nil {
				return err
			}
		}
	} else if v.SIP != nil && v.SIP.User != nil {
		if err := byUser.once(path+".sip.user", "account "+*v.SIP.User, *v.SIP.User); err != nil {
			return err
		}
	}
	if v.SIP == nil {
		return nil
	}
	if err := d.oneOf(path+".sip.transport", v.SIP.Transport, "udp", "tcp", "tls"); err != nil {
		return err
	}
	return d.oneOf(path+".sip.srtp", v.SIP.SRTP, "off", "optional", "required")
}

func (d *Document) checkSeats() error {
	byExtension, byLine := d.names(), d.names()
	for i, s := range d.Seats {
		path := fmt.Sprintf("seats[%d]", i)
		mac, err := directory.ParseMAC(s.MAC)
		if err != nil {
			return d.fault(path+".mac", err, "%q is not a MAC of 12 hexadecimal digits", s.MAC)
		}
		if err := byExtension.once(path+".extension", "a seat of extension "+s.Extension, s.Extension); err != nil {
			return err
		}
		if err := byLine.once(path, "a seat at that line", fmt.Sprint(mac, " ", s.line())); err != nil {
			return err
		}
	}
	return nil
}

func (s Seat) line() int {
	if s.Line == nil {
		return 1
	}
	return *s.Line
}

func (d *Document) checkCodes() error {
	byDigits := d.names()
	for i, c := range d.Codes {
		path := fmt.Sprintf("codes[%d].digits", i)
		if err := byDigits.once(path, "code "+c.Digits, c.Digits); err != nil {
			return err
		}
	}
	return nil
}

func (d *Document) checkLimits() error {
	for _, name := range limitNames(d.Limits) {
		if err := directory.CheckLimit(name, d.Limits[name]); err != nil {
			return d.fault("limits."+name, err, "%v", err)
		}
	}
	return nil
}

func limitNames(m map[string]int64) []string {
	names := make([]string, 0, len(m))
	for n := range m {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}
