// Unary echo of raw messages on grpc's Go server, for Tests/Benchmarks/unary.py: unary_echo PORT.
// No protobuf: a message is its bytes.
package main

import (
	"context"
	"log"
	"net"
	"os"

	"google.golang.org/grpc"
)

type rawCodec struct{}

func (rawCodec) Marshal(message interface{}) ([]byte, error) { return *message.(*[]byte), nil }

func (rawCodec) Unmarshal(data []byte, message interface{}) error {
	*message.(*[]byte) = data
	return nil
}

func (rawCodec) String() string { return "raw" }

func echo(_ interface{}, _ context.Context, decode func(interface{}) error,
	_ grpc.UnaryServerInterceptor) (interface{}, error) {
	message := new([]byte)
	return message, decode(message)
}

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:"+os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	server := grpc.NewServer(grpc.CustomCodec(rawCodec{}))
	server.RegisterService(&grpc.ServiceDesc{
		ServiceName: "grpc.testing.TestService",
		HandlerType: (*interface{})(nil),
		Methods:     []grpc.MethodDesc{{MethodName: "UnaryCall", Handler: echo}},
	}, struct{}{})
	log.Fatal(server.Serve(listener))
}
