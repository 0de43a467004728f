package traffic

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"cradle/registrar/siptest"
)

// Account is a phone's at the appliance. Number is what others dial to reach it.
type Account struct{ User, Secret, Number string }

// ParseAccounts reads one a line: user, secret and number, parted by blanks.
func ParseAccounts(text string) (all []Account, err error) {
	for line := range strings.Lines(text) {
		w := strings.Fields(line)
		if len(w) == 0 {
			continue
		}
		if len(w) != 3 {
			return nil, fmt.Errorf("%w: account %q is not user, secret and number", ErrConfig, w[0])
		}
		all = append(all, Account{w[0], w[1], w[2]})
	}
	return all, nil
}

// SIP sets calls up at an appliance: account 1 calls account 2, 3 calls 4, and so on.
type SIP struct {
	Server   string // address and port, UDP
	Accounts []Account

	mu     sync.Mutex
	phones []*siptest.Phone
	calls  []*siptest.Call
}

// Parallel is a few: each call is a registration and a dialog.
func (s *SIP) Parallel() int { return 16 }

// Open registers both phones; one calls, the other one answers.
func (s *SIP) Open(ctx context.Context, n int, near, far *Party) error {
	if 2*n+1 >= len(s.Accounts) {
		return fmt.Errorf("%w: %d accounts are too few", ErrConfig, len(s.Accounts))
	}
	answered := make(chan error, 1)
	if _, err := s.phone(ctx, s.Accounts[2*n+1], func(c *siptest.Call) {
		sdp, err := far.Answer(c.Invite.Body)
		if err != nil {
			c.Reject(488)
		} else {
			c.Answer(sdp)
		}
		select {
		case answered <- err:
		default:
		}
	}); err != nil {
		return err
	}
	p, err := s.phone(ctx, s.Accounts[2*n], nil)
	if err != nil {
		return err
	}
	c := p.Call(s.Accounts[2*n+1].Number, near.Offer())
	if err := c.Wait(ctx); err != nil {
		select {
		case e := <-answered:
			return fmt.Errorf("%w: %w, callee: %v", ErrCall, err, e) //nolint:errorlint // the first is the one to judge by
		default:
			return fmt.Errorf("%w: %w", ErrCall, err)
		}
	}
	s.mu.Lock()
	s.calls = append(s.calls, c)
	s.mu.Unlock()
	return near.Hear(c.RemoteSDP())
}

// phone registers an account.
func (s *SIP) phone(ctx context.Context, a Account, rings func(*siptest.Call)) (*siptest.Phone, error) {
	p, err := siptest.New(siptest.Config{Server: s.Server, Local: "127.0.0.1", User: a.User, Password: a.Secret, UserAgent: "phonesim", OnInvite: rings})
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.phones = append(s.phones, p)
	s.mu.Unlock()
	res, err := p.Register(ctx)
	if err == nil && res.Status != 200 {
		err = &siptest.StatusError{Msg: res}
	}
	if err != nil {
		return nil, fmt.Errorf("%w: registration of %s: %w", ErrCall, a.User, err)
	}
	return p, nil
}

// Close hangs up and switches the phones off.
func (s *SIP) Close(ctx context.Context) {
	room := make(chan struct{}, s.Parallel())
	var wait sync.WaitGroup
	for _, c := range s.calls {
		room <- struct{}{}
		wait.Go(func() {
			defer func() { <-room }()
			c.Bye(ctx) //nolint:errcheck // what was measured is measured
		})
	}
	wait.Wait()
	for _, p := range s.phones {
		p.Close()
	}
}
