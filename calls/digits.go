package calls

import (
	"time"

	"github.com/emiago/sipgo/sip"

	"cradle/calls/leg"
	"cradle/directory"
)

// How long a caller may be silent.
const (
	firstDigit = 10 * time.Second // after a question
	nextDigit  = 3 * time.Second  // after a digit
)

// typedAhead is how many keys are kept that nobody has asked for yet.
const typedAhead = 32

// way is how a digit came. The first way is the one: a phone that sends each
// digit by two is heard once.
type way int

const (
	byMedia way = iota + 1
	byInfo
)

// question is what digits are collected for.
type question struct {
	most   int
	digits []byte
	done   func(directory.Secret, error)
}

// Ask says something and collects digits.
func (d *desk) Ask(most int, phrases ...string) (answer directory.Secret, err error) {
	err = d.on(func(done func(error)) {
		d.asked = &question{most: most, digits: make([]byte, 0, most), done: func(s directory.Secret, err error) {
			answer = s
			done(err)
		}}
		d.say(phrases, func(error) { d.wait(firstDigit) })
		typed := d.ahead
		d.ahead = nil
		for _, key := range typed {
			d.key(key, d.way)
		}
		clear(typed)
	})
	if err != nil {
		return directory.Secret{}, err
	}
	return answer, nil
}

// wait ends the question when no digit comes for that long.
func (d *desk) wait(t time.Duration) {
	d.stopWaiting()
	d.silent = d.c.After(t, d.answered)
}

func (d *desk) stopWaiting() {
	if d.silent != nil {
		d.silent()
		d.silent = nil
	}
}

// key takes a key that was pressed. A star begins the entry anew.
func (d *desk) key(key byte, by way) {
	if d.c.ended || d.way != 0 && d.way != by {
		return
	}
	d.way = by
	if d.said != nil {
		d.end.Hush()
		d.finished()
	}
	q := d.asked
	switch {
	case q == nil:
		if len(d.ahead) < typedAhead {
			d.ahead = append(d.ahead, key)
		}
	case key == '#':
		d.answered()
	case key == '*':
		q.digits = q.digits[:0]
		d.wait(nextDigit)
	case key >= '0' && key <= '9':
		if q.digits = append(q.digits, key); len(q.digits) >= q.most {
			d.answered()
			return
		}
		d.wait(nextDigit)
	}
}

// answered gives what was entered to whom it was asked for.
func (d *desk) answered() {
	d.stopWaiting()
	if q := d.asked; q != nil {
		d.asked = nil
		s := directory.NewSecret(string(q.digits))
		clear(q.digits)
		q.done(s, nil)
	}
}

// told takes a digit that came by INFO, in either of the two forms phones use.
func (d *desk) told(i *leg.Info) {
	key := infoKey(i)
	if key == 0 {
		i.Reply(sip.StatusUnsupportedMediaType)
		return
	}
	i.Reply(sip.StatusOK)
	d.key(key, byInfo)
}
