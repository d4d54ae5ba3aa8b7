// Example prints the best bid and ask of books after each update, COUNT times in all:
// example ADDRESS COUNT BOOK...
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"strconv"

	"google.golang.org/grpc"
	wire "penstock/v1"
)

func main() {
	connection := must(grpc.Dial(os.Args[1], grpc.WithInsecure()))
	for left := must(strconv.Atoi(os.Args[2])); left > 0; {
		left = follow(wire.NewMarketDataClient(connection), os.Args[3:], left)
	}
}

// follow prints up to `left` updates and returns how many are left: more than 0 after a hole.
func follow(client wire.MarketDataClient, names []string, left int) int {
	scope, cancel := context.WithCancel(context.Background())
	defer cancel()
	updates := must(client.Subscribe(scope, &wire.SubscribeRequest{Topics: names}))
	for books := map[uint32]*book{}; left > 0; {
		update := must(updates.Recv())
		for _, topic := range update.GetSubscribed().GetAccepted() {
			books[topic.GetNumber()] = &book{name: topic.GetName(), status: topic.GetStatus()}
		}
		for _, topic := range append(update.GetSubscribed().GetRejected(), update.GetRejected()) {
			if topic != nil {
				log.Printf("%s: %s", topic.GetName(), topic.GetMessage())
			}
		}
		if update.Subscribed != nil || update.Rejected != nil {
			continue
		}
		book := books[update.GetTopic()]
		if isNew, isHole := book.apply(update); isHole {
			return left
		} else if isNew {
			bid, ask := book.bids.best(1), book.asks.best(-1)
			fmt.Println(book.name, book.epoch, book.sequence, book.status,
				bid.quantity, "@", bid.price, "|", ask.price, "@", ask.quantity)
			left--
		}
	}
	return left
}

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}
