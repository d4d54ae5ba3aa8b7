// Prints the best bid and ask of books after each update, COUNT times in all:
// example ADDRESS COUNT BOOK...
#include <grpcpp/grpcpp.h>

#include <iostream>

#include "book.h"
#include "penstock/v1/market_data.grpc.pb.h"

template <class Levels>
std::pair<Decimal, Decimal> best(const Levels& levels) {
  if (levels.empty()) return {};
  return *levels.begin();
}

void print(const Book& book) {
  const auto [bid, bid_quantity] = best(book.bids);
  const auto [ask, ask_quantity] = best(book.asks);
  std::cout << book.name << ' ' << book.epoch << ' ' << book.sequence << ' '
            << wire::Status_Name(book.status) << ' ' << text(bid_quantity) << " @ " << text(bid)
            << " | " << text(ask) << " @ " << text(ask_quantity) << std::endl;
}

// Prints updates and counts `left` down; CANCELLED after the last one and after a hole.
grpc::Status follow(wire::MarketData::Stub& stub, const wire::SubscribeRequest& request,
                    int& left) {
  grpc::ClientContext context;
  auto updates = stub.Subscribe(&context, request);
  std::map<uint32_t, Book> books;
  for (wire::Update update; updates->Read(&update);) {
    for (const auto& topic : update.subscribed().accepted())
      books[topic.number()] = {topic.name(), 0, 0, topic.status()};
    for (const auto& topic : update.subscribed().rejected())
      std::cerr << topic.name() << ": " << topic.message() << '\n';
    if (update.has_rejected())
      std::cerr << update.rejected().name() << ": " << update.rejected().message() << '\n';
    if (update.has_subscribed() || update.has_rejected()) continue;
    Book& book = books.at(update.topic());
    const Outcome outcome = book.apply(update);
    if (outcome == Outcome::applied) print(book), --left;
    if (outcome != Outcome::hole && left > 0) continue;
    context.TryCancel();
    return updates->Finish(), grpc::Status::CANCELLED;
  }
  return updates->Finish();
}

int main(int count, char** words) {
  if (count < 4) return std::cerr << "usage: example ADDRESS COUNT BOOK...\n", 2;
  auto stub = wire::MarketData::NewStub(
      grpc::CreateChannel(words[1], grpc::InsecureChannelCredentials()));
  wire::SubscribeRequest request;
  for (int i = 3; i < count; ++i) request.add_topics(words[i]);
  for (int left = std::stoi(words[2]); left > 0;) {
    const grpc::Status status = follow(*stub, request, left);
    if (status.error_code() != grpc::CANCELLED)
      return std::cerr << status.error_code() << ": " << status.error_message() << '\n', 1;
  }
}
