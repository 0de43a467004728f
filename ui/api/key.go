package api

import "cradle/directory"

// keyForm is one programmable key, as it is shown and as it is taken.
type keyForm struct {
	Module   int    `json:"module,omitempty" minimum:"0" maximum:"6" doc:"0: the phone itself; from 1: its expansion modules."`
	Position int    `json:"position,omitempty" minimum:"0" maximum:"500" doc:"From 1; 0: the next free one."`
	Type     string `json:"type" enum:"line,blf,speed,park,pickup,transfer,dnd,forward,record,queue,login,logout,xml,voicemail,conference,hold,redial,none"`
	Value    string `json:"value,omitempty" maxLength:"1024" doc:"Number, code's argument or URL."`
	Label    string `json:"label,omitempty" maxLength:"200" doc:"Empty: made from the value."`
	Line     int    `json:"line,omitempty" minimum:"0" maximum:"64" doc:"Of the phone; 0: line 1."`
	Rule     string `json:"rule,omitempty" enum:"everyone,department,site" doc:"Fills the keys from here on, sorted by name."`
}

func viewKeys(keys []directory.Key) []keyForm {
	out := make([]keyForm, 0, len(keys))
	for _, k := range keys {
		out = append(out, keyForm(k))
	}
	return out
}

// setKeys takes keys over where the input names them.
func setKeys(field *[]directory.Key, in *[]keyForm) {
	if in == nil {
		return
	}
	*field = make([]directory.Key, 0, len(*in))
	for _, k := range *in {
		*field = append(*field, directory.Key(k))
	}
}
