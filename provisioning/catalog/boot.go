package catalog

import (
	"errors"
	"fmt"
	"slices"
)

func (y *familyYAML) boot(f *Family) (Boot, error) {
	b := Boot{
		UserAgent: y.Boot.UserAgent, SIPUserAgent: y.Boot.SIPUserAgent, Doors: y.Boot.Doors, PnPUser: y.Boot.PnPUser, PnPEvent: y.Boot.PnPEvent,
		HTTP10: y.Boot.HTTP10, DoubleSlash: y.Boot.DoubleSlash, Uploads: y.Boot.Uploads,
	}
	for i, a := range y.Boot.Asks {
		if f.Named(a.File) == nil {
			return b, fmt.Errorf("boot.asks[%d]: %q is none of the files above", i, a.File)
		}
		if !slices.Contains([]string{"", "GET", "HEAD", "PUT", "POST"}, a.Method) {
			return b, fmt.Errorf("boot.asks[%d]: method %q is none of GET, HEAD, PUT, POST", i, a.Method)
		}
		b.Asks = append(b.Asks, Ask(a))
	}
	for _, name := range b.Uploads {
		if file := f.Named(name); file == nil || !file.Upload {
			return b, fmt.Errorf("boot.uploads: %q is none of the files with upload above", name)
		}
	}
	for _, d := range b.Doors {
		if d != "http" && d != "https" && d != "tftp" {
			return b, fmt.Errorf("boot.doors: %q is none of http, https, tftp", d)
		}
	}
	if b.UserAgent == "" || len(b.Asks) == 0 || len(b.Doors) == 0 {
		return b, errors.New("boot: user_agent, doors and asks must be given")
	}
	return b, nil
}
