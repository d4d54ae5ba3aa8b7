/// Messages of grpc.channelz.v1, as `Protos/grpc/channelz/v1/channelz.proto` describes them. A
/// namespace, because their names (channel, server, socket) mean other things elsewhere.
package enum Channelz {}
