package main

import (
	"github.com/shopspring/decimal"
	wire "penstock/v1"
)

// book is the merged state of a topic; to be believed while its status is live.
type book struct {
	name            string
	epoch, sequence uint64
	status          wire.Status
	bids, asks      side
}

// side is a side of a book: levels by their price in plain digits, of which a value has only one.
type side map[string]level
type level struct{ price, quantity decimal.Decimal }

// apply takes an update; isNew is false when it was known already, and isHole is true when others
// are missing before it: the book is then as it was, and one has to subscribe again.
func (b *book) apply(update *wire.Update) (isNew, isHole bool) {
	switch {
	case update.BaseSequence == nil:
		b.bids, b.asks = side{}, side{}
	case update.GetEpoch() != b.epoch || update.GetBaseSequence() > b.sequence:
		return false, true
	case update.GetSequence() <= b.sequence:
		return false, false
	}
	b.epoch, b.sequence = update.GetEpoch(), update.GetSequence()
	if update.Status != nil {
		b.status = update.GetStatus()
	}
	b.bids.merge(update.GetBook().GetBids())
	b.asks.merge(update.GetBook().GetAsks())
	return true, false
}

func (s side) merge(changes *wire.BookSide) {
	for i, mantissa := range changes.GetPrices() {
		price := decimal.New(mantissa, changes.GetPriceExponent())
		quantity := decimal.New(changes.Quantities[i], changes.GetQuantityExponent())
		s[price.String()] = level{price, quantity}
		if quantity.IsZero() {
			delete(s, price.String())
		}
	}
}

// best is the highest price for sign 1, the lowest for -1, and zero on an empty side.
func (s side) best(sign int) (best level) {
	for _, each := range s {
		if best.price.IsZero() || each.price.Cmp(best.price) == sign {
			best = each
		}
	}
	return best
}
