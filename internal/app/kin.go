package app

import "context"

// Kin are the records of brothers and sisters whom a page about a child names, each as it
// may be shown to whoever asks: of a record that is closed to them no name, no birthday.
// A record that is not there is left out. The looks are logged, under the page's name.
func (d *Desk) Kin(ctx context.Context, page string, ids []string) (map[string]*ChildRow, error) {
	out := map[string]*ChildRow{}
	if len(ids) == 0 {
		return out, nil
	}
	var found []ChildRow
	if err := d.a.Store.View(ctx, func(v View) (err error) {
		found, err = v.Children(ctx, ChildQuery{IDs: ids})
		return err
	}); err != nil {
		return nil, err
	}
	rows := make([]*ChildRow, len(found))
	for i := range found {
		rows[i] = &found[i]
		out[found[i].Child] = rows[i]
	}
	return out, d.closedAll(ctx, page, false, rows...)
}
