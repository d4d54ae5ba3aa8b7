"""Prints what is known after each update, COUNT times: python example.py ADDRESS COUNT TOPIC..."""

import sys
from itertools import islice

from penstock import Book, Client, Gap, Rejected, RequestError, Tick, Trade


def main(address: str, count: str, *topics: str) -> None:
    with Client(address) as client:
        for event in islice(client.subscribe(topics), int(count)):
            match event:
                case Trade(side=side, quantity=quantity, price=price):
                    show(event, side.name.lower(), f"{quantity:f} @ {price:f}")
                case Gap(reason=reason):
                    print(event.topic, "missed trades:", reason.name.lower(), flush=True)
                case Rejected(message=message):
                    print(event.topic, message, file=sys.stderr)
                case Book(best_bid=(bid, bid_size), best_ask=(ask, ask_size)) | Tick(
                        bid_price=bid, bid_quantity=bid_size, ask_price=ask,
                        ask_quantity=ask_size) if bid and ask:
                    show(event, f"STATUS_{event.status.name}",  # to be believed while live
                         f"{bid_size:f} @ {bid:f} | {ask:f} @ {ask_size:f}")
                case _:  # one side is empty, or nothing but a status is known
                    show(event, f"STATUS_{event.status.name}")


def show(event, *words: str) -> None:
    print(event.topic, event.epoch, event.sequence, *words, flush=True)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except KeyboardInterrupt:
        pass
    except RequestError as error:
        sys.exit(f"example.py: {error}")
