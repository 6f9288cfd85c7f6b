package ledger

import "errors"

// The ways in which a check can fail. Every error of this package that means "the
// answer is no" wraps exactly one of these; any other error means that the question
// could not be answered (a hash could not be read, an argument was impossible).
var (
	// ErrNotAReceipt: the text is not in the form c2sp.org/tlog-proof@v1.
	ErrNotAReceipt = errors.New("this is not a receipt")
	// ErrNotACheckpoint: the text is not in the form of C2SP tlog-checkpoint.
	ErrNotACheckpoint = errors.New("this is not a checkpoint")
	// ErrSignature: a checkpoint is not signed by the ledger's trusted key.
	ErrSignature = errors.New("the checkpoint's signature does not hold")
	// ErrOrigin: a genuine checkpoint, but of another ledger.
	ErrOrigin = errors.New("the checkpoint belongs to another ledger")
	// ErrOpening: a receipt's entry and salt are missing or have been changed.
	ErrOpening = errors.New("the entry in the receipt does not hold")
	// ErrProof: the entry is not at this place in the signed tree.
	ErrProof = errors.New("the proof does not hold")
	// ErrInconsistent: a later checkpoint does not continue an earlier one.
	ErrInconsistent = errors.New("the ledger's past has been changed")
	// ErrTree: the stored tree is not what the entries or checkpoints say.
	ErrTree = errors.New("the ledger has been changed")
)
