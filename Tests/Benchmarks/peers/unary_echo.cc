// Unary echo of raw messages on grpc's C++ server, for Tests/Benchmarks/unary.py: unary_echo PORT.
// One thread and one completion queue, because it gets one core; no protobuf, no copy of a message.
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

namespace {

constexpr int kCallsWaitedFor = 100;  // more is slower: more memory is touched

class Echo {
 public:
  Echo(grpc::AsyncGenericService& service, grpc::ServerCompletionQueue& queue)
      : service_(service), queue_(queue) {
    Wait();
  }

  // The operation that was pending has ended; `worked` is false when the call has ended with it.
  void Proceed(bool worked) {
    switch (pending_) {
      case Pending::kCall:
        if (!worked) return;  // the server shuts down
        pending_ = Pending::kMessage;
        return call_->stream.Read(&message_, this);
      case Pending::kMessage:
        pending_ = Pending::kEnd;
        if (worked) return call_->stream.WriteAndFinish(message_, {}, grpc::Status::OK, this);
        return call_->stream.Finish(grpc::Status(grpc::INTERNAL, "no message"), this);
      case Pending::kEnd:
        return Wait();
    }
  }

 private:
  enum class Pending { kCall, kMessage, kEnd };

  struct Call {
    grpc::GenericServerContext context;
    grpc::GenericServerAsyncReaderWriter stream{&context};
  };

  void Wait() {
    pending_ = Pending::kCall;
    message_.Clear();
    call_ = std::make_unique<Call>();
    service_.RequestCall(&call_->context, &call_->stream, &queue_, &queue_, this);
  }

  grpc::AsyncGenericService& service_;
  grpc::ServerCompletionQueue& queue_;
  Pending pending_ = Pending::kCall;
  grpc::ByteBuffer message_;
  std::unique_ptr<Call> call_;
};

}  // namespace

int main(int, char** words) {
  grpc::AsyncGenericService service;
  grpc::ServerBuilder builder;
  builder.AddListeningPort(std::string("127.0.0.1:") + words[1], grpc::InsecureServerCredentials());
  builder.RegisterAsyncGenericService(&service);
  auto queue = builder.AddCompletionQueue();
  auto server = builder.BuildAndStart();
  if (!server) return 1;
  for (int i = 0; i < kCallsWaitedFor; ++i) new Echo(service, *queue);
  void* tag = nullptr;
  for (bool worked = false; queue->Next(&tag, &worked);) static_cast<Echo*>(tag)->Proceed(worked);
}
