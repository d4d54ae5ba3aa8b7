"""Shows the spread and the last trade of a pair: python example.py [ADDRESS] [PAIR]."""

import sys

from penstock import Book, Client, Gap, RequestError, Trade


def main(address: str = "127.0.0.1:7400", pair: str = "BTC/USDT") -> None:
    topics = [f"book:binance:{pair}:10", f"trade:binance:{pair}"]
    last: Trade | None = None
    with Client(address) as client:
        for event in client.subscribe(topics):
            match event:
                case Trade():
                    last = event
                case Gap():
                    print(f"missed trades of {event.topic}: {event.reason.name.lower()}")
                case Book(is_live=False):
                    print(f"{event.topic} is {event.status.name.lower()}: not to be used now")
                case Book(best_bid=bid, best_ask=ask) if bid and ask:
                    text = f"{bid.price:f} | {ask.price:f}  spread {ask.price - bid.price:f}"
                    print(text, f"last {last.price:f} {last.side.name.lower()}" if last else "")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except KeyboardInterrupt:
        pass
    except RequestError as error:
        sys.exit(f"example.py: {error}")
