package report

// Filled says how many of a table's rows have a value in a column. It counts what is
// there and judges nothing: many a column is rightly empty, such as the end of what goes on.
type Filled struct {
	Table, Column string
	Rows, Filled  int
}
