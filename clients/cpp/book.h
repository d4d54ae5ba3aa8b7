#pragma once
#include <functional>
#include <map>
#include <string>

#include "penstock/v1/market_data.pb.h"

namespace wire = penstock::v1;
using Decimal = __int128;  // in units of 10^-18: exact, up to 1.7e20

inline Decimal decimal(int64_t mantissa, int exponent) {
  Decimal value = mantissa;
  for (int power = -18; power < exponent; ++power) value *= 10;
  return value;
}

inline std::string text(Decimal value) {
  const int64_t unit = 1'000'000'000'000'000'000;
  std::string fraction = std::to_string(static_cast<int64_t>(value % unit) + unit);
  fraction.erase(fraction.find_last_not_of('0') + 1);
  const std::string whole = std::to_string(static_cast<int64_t>(value / unit));
  return fraction.size() < 2 ? whole : whole + "." + fraction.substr(1);
}

template <class Levels>  // quantities by price
void merge(Levels& levels, const wire::BookSide& changes) {
  for (int i = 0; i < changes.prices_size(); ++i) {
    const Decimal price = decimal(changes.prices(i), changes.price_exponent());
    levels[price] = decimal(changes.quantities(i), changes.quantity_exponent());
    if (changes.quantities(i) == 0) levels.erase(price);
  }
}

enum class Outcome { applied, known, hole };

// The merged state of a topic; to be believed while its status is live.
struct Book {
  std::string name;
  uint64_t epoch = 0, sequence = 0;
  wire::Status status = wire::STATUS_UNSPECIFIED;
  std::map<Decimal, Decimal, std::greater<Decimal>> bids;  // best first
  std::map<Decimal, Decimal> asks;                         // best first

  // After a hole the book is as it was, and one has to subscribe again.
  Outcome apply(const wire::Update& update) {
    if (!update.has_base_sequence()) {
      bids.clear(), asks.clear();
    } else if (update.epoch() != epoch || update.base_sequence() > sequence) {
      return Outcome::hole;
    } else if (update.sequence() <= sequence) {
      return Outcome::known;
    }
    epoch = update.epoch(), sequence = update.sequence();
    if (update.has_status()) status = update.status();
    merge(bids, update.book().bids());
    merge(asks, update.book().asks());
    return Outcome::applied;
  }
};
